//! The first alarm: by every way at least once, no flood, a failing way holds up nobody; and nothing of a text in it.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{COMMON, Fake, SECRET, feed, folder, items, net, numbered, post, setup};
use countermark_testkit::{Loopback, Reply, Request};
use countermark_watch::{AlarmConfig, Credentials, Mode, SIGNATURE, Status, TIMESTAMP, Way, run, signature};

/// A server that keeps what is posted, and answers so.
fn hook(mut answer: impl FnMut(usize) -> u16 + Send + 'static) -> (Loopback, Arc<Mutex<Vec<Request>>>) {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&kept);
    let server = Loopback::new(move |request| {
        let mut kept = keep.lock().unwrap();
        kept.push(request.clone());
        Reply::Whole(answer(kept.len()), "text/plain", b"x".to_vec())
    });
    (server, kept)
}

fn webhook(name: &str, server: &Loopback) -> AlarmConfig {
    let url = format!("{}/alarm", server.url());
    AlarmConfig { name: name.to_owned(), way: Way::Webhook { url, allow_private: true } }
}

fn secret(names: &[&str]) -> Credentials {
    let mut credentials = Credentials::default();
    for name in names {
        credentials.set(&format!("alarm.{name}"), Some("0123456789".into()));
    }
    credentials
}

fn bodies(kept: &Mutex<Vec<Request>>) -> Vec<serde_json::Value> {
    kept.lock().unwrap().iter().map(|request| serde_json::from_slice(&request.body).unwrap()).collect()
}

#[test]
fn an_alarm_is_posted_signed_and_says_nothing_of_the_text() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(dir.path());
    let (server, kept) = hook(|_| 200);
    let posts = vec![post("1", SECRET), post("2", COMMON)];
    let mut setup = setup(&folder, vec![feed("gazette", Fake(move |_| Ok((posts.clone(), 1, false))))]);
    (setup.alarms, setup.credentials) = (vec![webhook("hook", &server)], secret(&["hook"]));
    run(setup).unwrap();
    let kept_requests = kept.lock().unwrap().clone();
    assert_eq!(kept_requests.len(), 1, "a match below the line tells nobody");
    let request = &kept_requests[0];
    let timestamp: u64 = request.header(TIMESTAMP).unwrap().parse().unwrap();
    assert_eq!(request.header(SIGNATURE).unwrap(), signature(b"0123456789", timestamp, &request.body));
    let body = &bodies(&kept)[0];
    assert_eq!((&body["version"], &body["count"], &body["sent_at"]), (&1.into(), &1.into(), &timestamp.into()));
    let alarm = &body["alarms"][0];
    assert_eq!((&alarm["words"], &alarm["bits"], &alarm["level"]), (&12.into(), &61.5.into(), &"alarm".into()));
    assert_eq!((&alarm["url"], &alarm["source"]), (&"https://gazette.example/1".into(), &"gazette".into()));
    assert_eq!(alarm["handle"], items(&folder).iter().find(|item| item.post == "1").unwrap().handle.as_str());
    let text = String::from_utf8(request.body.clone()).unwrap();
    assert!(!text.contains("ferry") && !text.contains("grain"));
}

#[test]
fn a_way_that_fails_holds_up_no_other_and_its_alarms_wait_over_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(dir.path());
    let (good, told) = hook(|_| 204);
    let (bad, refused) = hook(|_| 500);
    let source = || feed("gazette", Fake(|_| Ok((vec![post("1", SECRET)], 1, false))));
    let mut first = setup(&folder, vec![source()]);
    first.alarms = vec![
        webhook("bad", &bad),
        webhook("good", &good),
        AlarmConfig { name: "missing".into(), way: Way::Command { argv: vec!["/no/such/program".into()] } },
    ];
    first.credentials = secret(&["bad", "good"]);
    let status = run(first).unwrap();
    assert_eq!((bodies(&told).len(), bodies(&refused).len(), status.alarms_waiting), (1, 1, 1));
    assert_eq!(status.ways["bad"].last_failure.as_ref().unwrap().what, "was answered with status 500");
    assert_eq!(status.ways["missing"].last_failure.as_ref().unwrap().what, "can't be started");
    assert_eq!(status.ways["good"].told, 1);
    // At the next start the one that failed works; the others hear nothing twice.
    let (mended, heard) = hook(|_| 200);
    let mut second = setup(&folder, vec![source()]);
    (second.alarms, second.credentials) =
        (vec![webhook("bad", &mended), webhook("good", &good)], secret(&["bad", "good"]));
    let status = run(second).unwrap();
    assert_eq!((bodies(&told).len(), bodies(&heard).len(), status.alarms_waiting), (1, 1, 0));
    assert_eq!(bodies(&heard)[0]["alarms"][0]["handle"], bodies(&told)[0]["alarms"][0]["handle"]);
}

#[test]
fn a_flood_is_gathered() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(dir.path());
    let (server, kept) = hook(|_| 200);
    let mut setup = setup(&folder, vec![feed("gazette", Fake(numbered(2000)))]);
    (setup.alarms, setup.credentials) = (vec![webhook("hook", &server)], secret(&["hook"]));
    let status = run(setup).unwrap();
    let bodies = bodies(&kept);
    let counted: u64 = bodies.iter().map(|body| body["count"].as_u64().unwrap()).sum();
    // What the hour has no room for waits, and is told as one.
    assert_eq!(counted as usize + status.alarms_waiting, 200);
    assert!(bodies.len() <= 20, "{}", bodies.len());
    assert!(bodies.iter().all(|body| body["alarms"].as_array().unwrap().len() <= 10));
}

#[test]
fn metrics_are_served_while_it_runs() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(dir.path());
    let mut setup = setup(&folder, vec![feed("gazette", Fake(numbered(30)))]);
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    (setup.mode, setup.metrics) = (Mode::Forever, Some(([127, 0, 0, 1], port).into()));
    let stop = Arc::clone(&setup.stop);
    let (ended, wait) = mpsc::channel();
    std::thread::spawn(move || ended.send(run(setup).map(|_| ())).unwrap());
    let url = format!("http://127.0.0.1:{port}/metrics");
    let end = std::time::Instant::now() + Duration::from_secs(20);
    let text = loop {
        let answer = net().fetch(&url, countermark_sources::Reach::Private);
        let text = answer.map(|answer| String::from_utf8(answer.bytes).unwrap()).unwrap_or_default();
        if text.contains("countermark_watch_posts_total{source=\"gazette\"} 30\n") {
            break text;
        }
        assert!(std::time::Instant::now() < end, "{text}");
        std::thread::sleep(Duration::from_millis(50));
    };
    assert!(text.contains("countermark_watch_alarms_total{source=\"gazette\"} 3\n"), "{text}");
    assert!(text.contains("countermark_watch_index_messages 2\n"));
    stop.store(true, std::sync::atomic::Ordering::SeqCst);
    wait.recv_timeout(Duration::from_secs(5)).unwrap().unwrap();
    assert!(Status::load(&folder).unwrap().unwrap().ended.is_some());
}

#[test]
fn every_way_stands_in_watch_toml_and_what_it_does_not_know_is_an_error() {
    use countermark_watch::{Config, Tls};
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(dir.path());
    let mut config = Config::load(&folder).unwrap();
    let ways = [
        ("desktop", Way::Command { argv: vec!["notify-send".into(), "{summary}".into()] }),
        (
            "mail",
            Way::Smtp {
                server: "mail.example:25".into(),
                tls: Tls::None,
                from: "a@b.example".into(),
                to: vec!["c@b.example".into()],
            },
        ),
        ("hook", Way::Webhook { url: "https://office.example/alarm".into(), allow_private: true }),
    ];
    config.alarms = ways.map(|(name, way)| AlarmConfig { name: name.into(), way }).into();
    config.save(&folder).unwrap();
    assert_eq!(Config::load(&folder).unwrap().alarms, config.alarms);
    let path = folder.root().join("watch.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("argv =", "args = [\"x\"]\nargv =")).unwrap();
    assert!(Config::load(&folder).is_err());
}
