//! Who is told what, what was never written, and what the watcher's disk tells.

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use countermark_testkit::{Loopback, Reply};

use crate::scene::{RECIPIENT, Scene, until};
use crate::services::{Service, service};

/// Has a watched folder, with both processes running.
fn running(scene: &mut Scene) -> Vec<Box<dyn Service>> {
    let services = vec![service("folder", scene.desk.dir.path(), 1)];
    scene.watch(&*services[0]);
    scene.start_watcher();
    scene.start_follower();
    scene.ready(&services);
    services
}

#[test]
fn first_and_second_alarm_by_command_and_webhook_hold_no_text() {
    let mut scene = Scene::new();
    let posts = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&posts);
    let server = Loopback::new(move |request| {
        kept.lock().unwrap().push(request.clone());
        Reply::Whole(204, "text/plain", Vec::new())
    });
    let bell = scene.desk.path("bell");
    let script = format!(
        "env | grep ^COUNTERMARK_ | sort > $0.part; cat $0.part >> {0}; echo \"summary $0\" >> {0}",
        bell.display()
    );
    let script = script.replace("$0.part", &format!("{}.$$", bell.display()));
    scene.desk.write("hook.secret", "a fictional secret\n");
    scene.desk.json(&["watch", "alarm", "add", "command", "sh", "-c", &script, "{summary}"]);
    // The desk runs no program that the watcher's folder names: its own stands in its own configuration.
    let on_case = serde_json::to_string(&["sh", "-c", &script, "{summary}"]).unwrap();
    scene.desk.write("v.toml", format!("on_case = {on_case}\n"));
    let hook = ["watch", "alarm", "add", "webhook", &server.url(), "--secret-file", "hook.secret", "--allow-private"];
    scene.desk.json(&hook);
    let mut services = running(&mut scene);
    let (text, letter) = scene.leak(1);
    let (message, copy) = (letter.message.clone(), letter.text.clone());
    services[0].publish(&text);
    let case = scene.follower.as_mut().unwrap().wait_for(1).1.clone();
    let told = || std::fs::read_to_string(&bell).unwrap_or_default();
    until("both alarms by both ways", || told().matches("summary ").count() >= 2 && posts.lock().unwrap().len() >= 2);
    scene.end();

    let told = told();
    let handle = case["handle"].as_str().unwrap();
    assert_eq!(told.matches(&format!("COUNTERMARK_HANDLE={handle}")).count(), 2, "{told}");
    assert!(told.contains(case["case"].as_str().unwrap()), "the second says which case: {told}");
    let posts = posts.lock().unwrap().clone();
    let bodies: Vec<String> = posts.iter().map(|post| String::from_utf8(post.body.clone()).unwrap()).collect();
    for (post, body) in posts.iter().zip(&bodies) {
        assert!(body.contains(handle), "{body}");
        let signature = post.header("countermark-signature").unwrap().strip_prefix("v1=").unwrap();
        let stamp = post.header("countermark-timestamp").unwrap();
        assert_eq!(signature, by_python("a fictional secret", &format!("{stamp}.{body}")), "{body}");
    }
    let words: Vec<&str> = copy.split_whitespace().collect();
    for said in bodies.iter().chain([&told]) {
        assert!(!said.contains(&message), "{said}");
        for three in words.windows(3) {
            assert!(!said.contains(&three.join(" ")), "{said}");
        }
    }
}

/// HMAC-SHA256 in hexadecimal, as another implementation makes it.
fn by_python(key: &str, text: &str) -> String {
    let script = "import hmac, sys; print(hmac.new(sys.argv[1].encode(), sys.argv[2].encode(), 'sha256').hexdigest())";
    let output = Command::new("python3").args(["-c", script, key, text]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn what_he_never_wrote_is_a_case_of_its_own_kind() {
    let mut scene = Scene::new();
    let true_words = "We will close the harbour on Monday, for one day only, and open it again before the fair.";
    scene.desk.write("monday.txt", format!("To the board\n\n{true_words} Nothing else is planned.\n"));
    scene.desk.json(&["seal", "monday.txt", "--copies", "1"]);
    scene.desk.json(&["watch", "names", "add", "Ilse Marten"]);
    let mut services = running(&mut scene);
    services[0].publish("\u{201c}We will close the harbour on Friday,\u{201d} Ilse Marten wrote to the board.");
    // What he did write, and what somebody else says, are no invention.
    services[0].publish("\u{201c}We will close the harbour on Monday,\u{201d} Oda Brandt wrote to the board.");
    let case = scene.follower.as_mut().unwrap().wait_for(1).1.clone();
    assert_eq!((&case["kind"], case["message"].is_null()), (&"invented".into(), true), "{case}");
    let id = case["case"].as_str().unwrap();
    scene.end();
    let shown = scene.desk.json(&["case", "show", id]);
    assert_eq!(shown["searched"]["messages"], 4, "{shown}");
    assert_eq!(shown["quotations"][0]["ours"], false, "{shown}");
    let nearest = &shown["searched"]["nearest"];
    assert!(nearest["text"].as_str().is_some_and(|text| text.contains("on Monday")), "{shown}");
    let words = scene.desk.run(&["case", "show", id]).expect(0).out;
    assert!(words.contains("no proof that it was never written") && words.contains("We will close"), "{words}");
    let brief = scene.desk.run(&["case", "brief", id]).expect(0).out;
    println!("{brief}");
    for says in ["attributed to you", "nearest true passage", "not quoted word for word"] {
        assert!(brief.split_whitespace().collect::<Vec<_>>().join(" ").contains(says), "{says}: {brief}");
    }
    let cases = scene.desk.json(&["case", "list"]);
    assert_eq!(cases["cases"].as_array().unwrap().len(), 1, "{cases}");
    silent(&scene);
}

/// No file beneath the watch folder holds two words of the letters in a row, a long one alone, a name of the recipient, or a message's id; the writer's
/// own public names stand in `names.toml` alone.
pub fn silent(scene: &Scene) {
    let mut wanted: Vec<(String, &str)> =
        vec![("ilse marten".to_owned(), "names.toml"), (RECIPIENT.to_lowercase(), ""), ("brandvold".to_owned(), "")];
    for letter in &scene.letters {
        wanted.push((letter.message.to_lowercase(), ""));
        wanted.push((letter.message[..12].to_lowercase(), ""));
        let words: Vec<String> = letter.text.split_whitespace().map(str::to_lowercase).collect();
        // So long that no chance puts them among sealed bytes.
        let long =
            words.windows(2).map(|two| two.join(" ")).chain(words.iter().cloned()).filter(|what| what.len() >= 8);
        wanted.extend(long.map(|what| (what, "")));
    }
    let mut files = 0;
    search(&scene.desk.path("v.watch"), &wanted, &mut files);
    assert!(files >= 8, "{files} files");
}

fn search(folder: &Path, wanted: &[(String, &str)], files: &mut usize) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            search(&entry.path(), wanted, files);
            continue;
        }
        *files += 1;
        let bytes = std::fs::read(entry.path()).unwrap().to_ascii_lowercase();
        for (what, except) in wanted {
            let at = bytes.windows(what.len()).position(|window| window == what.as_bytes());
            assert!(at.is_none() || entry.file_name() == *except, "{} holds `{what}`", entry.path().display());
        }
    }
}
