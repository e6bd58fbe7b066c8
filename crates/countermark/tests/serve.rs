//! `serve` with the real program: what strangers get, how it ends, what dies and comes back.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;
#[path = "common/served.rs"]
mod served;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use common::{Desk, letter};
use countermark_desk::{Reach, TABLE};
use rustix::process::Signal;
use served::{Served, ask, children, get, header, lives, request, send, status, within};

const CHILDREN: [&str; 3] = ["serve-desk", "serve-watch", "serve-pressroom"];

#[test]
fn a_new_vault_is_served() {
    let dir = Desk::new();
    let served = Served::start(&dir, &[]);
    let front = get(served.pressroom, "/");
    assert_eq!(status(&front), 200, "{front}");
    assert!(header(&front, "content-security-policy").is_some());
    let desk = get(served.desk, "/");
    assert_eq!((status(&desk), header(&desk, "location")), (303, Some("/sign-in")));
    assert_eq!(status(&get(served.desk, "/sign-in")), 200);
    for address in [served.desk, served.pressroom] {
        for path in ["/healthz", "/readyz"] {
            let answer = get(address, path);
            assert_eq!((status(&answer), answer.ends_with("\r\n\r\nok\n")), (200, true), "{answer}");
        }
    }
    let key = get(served.pressroom, "/.well-known/countermark");
    assert!([200, 404].contains(&status(&key)), "{key}");
}

#[test]
fn without_a_vault_the_pages_stand_all_the_same() {
    let dir = Desk::empty();
    let served = Served::start(&dir, &[]);
    assert_eq!(status(&get(served.pressroom, "/")), 200);
    assert_eq!(status(&get(served.desk, "/")), 303);
    assert_eq!(status(&get(served.desk, "/sign-in")), 200);
    assert!(!dir.path("v.db").exists());
    // Whoever sets it up shows that he started it.
    let whole = |line: &&str| line.contains("with this code: ") && line.ends_with('\n');
    let said = within(|| served.err().split_inclusive('\n').find(whole).map(str::to_owned));
    let code = said.trim_end().rsplit(' ').next().unwrap();
    assert!(code.len() == 14 && code.split('-').all(|group| group.len() == 4), "{said}");
    assert!(said.contains(&format!("http://{}/sign-in", served.desk)), "{said}");
}

#[test]
fn strangers_get_nothing_of_the_desk() {
    let dir = Desk::new();
    let served = Served::start(&dir, &[]);
    let mut guarded = 0;
    for line in TABLE.iter().filter(|line| line.reach != Reach::Stranger) {
        let path = line.path.replace(['{', '}'], "").replace("id", "00000000");
        let answer = request(served.desk, line.method, &path);
        assert!([303, 401, 403].contains(&status(&answer)), "{} {}: {answer}", line.method, line.path);
        assert!(status(&answer) != 303 || header(&answer, "location") == Some("/sign-in"), "{answer}");
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        assert!(body.len() < 4096 && !body.contains("v.db"), "{answer}");
        guarded += 1;
    }
    assert!(guarded >= 5);
    for path in
        ["/nowhere", "/../etc/passwd", "/assets/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//evil.example/"]
    {
        let answer = get(served.desk, path);
        assert!([303, 400, 401, 404].contains(&status(&answer)), "{path}: {answer}");
        assert!(!answer.contains("root:") && header(&answer, "location").is_none_or(|to| to == "/sign-in"), "{answer}");
    }
}

#[test]
fn a_name_that_is_not_the_desks_gets_nothing() {
    let dir = Desk::new();
    let served = Served::start(&dir, &[]);
    let named = |address, host: &str| {
        status(&ask(address, &format!("GET /sign-in HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")))
    };
    for host in ["localhost", "127.0.0.1:1"] {
        assert_eq!(named(served.desk, host), 200, "{host}");
    }
    for host in ["evil.example", "desk.example", "192.0.2.1"] {
        assert_eq!(named(served.desk, host), 421, "{host}");
    }
    assert_ne!(named(served.pressroom, "press.example"), 421);
}

#[test]
fn the_configuration_names_it() {
    let dir = Desk::new();
    dir.write("v.toml", "[desk]\nnames = [\"desk.example\"]\nlog = true\n");
    let served = Served::start(&dir, &[]);
    let answer = ask(served.desk, "GET /sign-in?secret=1 HTTP/1.1\r\nHost: desk.example\r\nConnection: close\r\n\r\n");
    assert_eq!(status(&answer), 200);
    let line = within(|| served.err().lines().find(|line| line.contains("GET /sign-in 200")).map(str::to_owned));
    assert!(line.contains(header(&answer, "x-request-id").unwrap()), "{line}");
    assert!(!line.contains("secret") && !line.contains("127.0.0.1"), "{line}");
}

#[test]
fn a_desk_in_the_clear_stays_on_this_machine() {
    let dir = Desk::new();
    let refused = dir.run(&["serve", "--desk", "0.0.0.0:0", "--pressroom", "127.0.0.1:0"]).expect(2);
    assert!(refused.err.contains("in the clear") && refused.err.contains("hint:"), "{}", refused.err);
    dir.write("v.toml", "[desk]\nbehind_proxy = [\"192.0.2.1\"]\n");
    let served = Served::start(&dir, &["--desk", "0.0.0.0:0"]);
    assert!(served.err().contains("beyond this machine"), "{}", served.err());
}

#[test]
fn what_can_not_work_is_refused_before_anything_starts() {
    let dir = Desk::new();
    for (toml, what) in [
        ("[desk]\ntls_certificate = \"none.pem\"\n", "one of tls_certificate and tls_key"),
        ("[pressroom]\ntls_certificate = \"none.pem\"\ntls_key = \"none.key\"\n", "none.pem can't be read"),
        ("[desk]\naddress = \"8470\"\n", "is not right"),
        ("[desk]\nport = 8470\n", "is not right"),
    ] {
        dir.write("v.toml", toml);
        let refused = dir.run(&["serve", "--desk", "127.0.0.1:0", "--pressroom", "127.0.0.1:0"]).expect(2);
        assert!(refused.err.contains(what), "{toml}: {}", refused.err);
    }
    dir.write("v.toml", "");
    let served = Served::start(&dir, &[]);
    let taken = served.desk.to_string();
    let refused = dir.run(&["serve", "--desk", &taken, "--pressroom", "127.0.0.1:0"]).expect(2);
    assert!(refused.err.contains("can't be listened on"), "{}", refused.err);
}

#[test]
fn it_ends_in_time_with_requests_under_way() {
    for signal in [Signal::TERM, Signal::INT] {
        let dir = Desk::new();
        let mut served = Served::start(&dir, &[]);
        let pids = CHILDREN.map(|verb| served.child(verb));
        let mut waiting = Vec::new();
        for address in [served.desk, served.pressroom] {
            for head in [
                "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nabc",
                "GET / HTTP/1.1\r\nHost: local",
                "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
            ] {
                let mut stream = TcpStream::connect(address).unwrap();
                stream.write_all(head.as_bytes()).unwrap();
                waiting.push(stream);
            }
        }
        // The last of each is answered: then all are with their server.
        for stream in waiting.iter_mut().skip(2).step_by(3) {
            stream.read_exact(&mut [0; 8]).unwrap();
        }
        let began = Instant::now();
        served.signal(signal);
        let (code, _) = served.ended();
        assert_eq!(code, Some(0), "{}", served.err());
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        assert!(!pids.into_iter().any(lives));
        assert!(TcpStream::connect(served.desk).is_err());
    }
}

#[test]
fn the_parents_death_ends_the_children() {
    let dir = Desk::new();
    let mut served = Served::start(&dir, &[]);
    let pids = CHILDREN.map(|verb| served.child(verb));
    assert_eq!(children(served.pid()).len(), 3);
    served.signal(Signal::KILL);
    served.ended();
    within(|| (!pids.into_iter().any(lives)).then_some(()));
}

#[test]
fn what_was_killed_comes_back() {
    let dir = Desk::new();
    let served = Served::start(&dir, &[]);
    for verb in CHILDREN {
        let old = served.child(verb);
        send(old, Signal::KILL);
        within(|| (!lives(old)).then_some(()));
        let new = served.child(verb);
        assert_ne!(old, new);
        // Its socket was kept meanwhile: nobody was refused.
        assert_eq!(status(&get(served.desk, "/sign-in")), 200);
        assert_eq!(status(&get(served.pressroom, "/")), 200);
        let name = verb.trim_start_matches("serve-");
        assert!(served.err().contains(&format!("the {name} ended")), "{}", served.err());
    }
}

#[test]
fn slow_and_oversized_heads_keep_nobody_out() {
    let dir = Desk::new();
    let served = Served::start(&dir, &[]);
    let slow: Vec<TcpStream> = (0..200)
        .map(|n| {
            let address = if n % 2 == 0 { served.desk } else { served.pressroom };
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").unwrap();
            stream
        })
        .collect();
    for address in [served.desk, served.pressroom] {
        assert_eq!(status(&get(address, "/healthz")), 200);
        let long = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: {}\r\n\r\n", "a".repeat(100_000));
        let answer = ask(address, &long);
        assert!(answer.is_empty() || status(&answer) == 431, "{answer}");
        let large = "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n";
        assert!([413, 303, 401, 403].contains(&status(&ask(address, large))));
    }
    // Each is let go after ten seconds.
    let began = Instant::now();
    for mut stream in slow {
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let _ = stream.read_to_end(&mut Vec::new()).unwrap();
    }
    assert!(began.elapsed() < Duration::from_secs(25), "{:?}", began.elapsed());
}

#[test]
fn the_watcher_waits_for_sources_and_hears_of_changes() {
    let dir = Desk::new();
    let served = Served::start(&dir, &[]);
    let watcher = served.child("serve-watch");
    within(|| served.err().contains("the watcher waits: there are no sources yet").then_some(()));
    dir.write("fuel.master", letter().replace("{=salutation}", "Dear friends,"));
    let sealed = dir.json(&["seal", "fuel.master", "--copies", "3"]);
    std::fs::create_dir(dir.path("channel")).unwrap();
    let source = format!("folder:{}", dir.path("channel").display());
    dir.run(&["watch", "add", &source, "--name", "channel", "--every", "1s"]).expect(0);
    within(|| (dir.run(&["watch", "status"]).code == 0).then_some(()));
    dir.write("channel/leak.txt", sealed["copies"][1]["text"].as_str().unwrap());
    within(|| (dir.json(&["case", "list"])["cases"].as_array()?.len() == 1).then_some(()));
    // Taken away, it watches no more; and all that in the same process.
    let toml = std::fs::read_to_string(dir.path("v.watch/watch.toml")).unwrap();
    dir.write("v.watch/watch.toml", toml.split("[[source]]").next().unwrap());
    within(|| (dir.run(&["watch", "status"]).code == 1).then_some(()));
    assert!(lives(watcher));
}
