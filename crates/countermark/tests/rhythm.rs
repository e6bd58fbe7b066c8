//! The log's rhythm through the real program: what waits, what goes out early, and what an audit says of it.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use common::Desk;

const TEXT: &str = "We agreed on the ninth of March. Nothing else was said.";

fn audit(desk: &Desk) -> serde_json::Value {
    desk.json(&["log", "audit"])
}

#[test]
fn a_sealing_waits_for_its_batch_and_a_proof_does_not() {
    let desk = Desk::new();
    desk.write("t.txt", TEXT);
    let ran = desk.run(&["--json", "seal", "t.txt", "--copies", "1"]).expect(0);
    let sealed = ran.json();
    assert_eq!(sealed["provable"], false);
    assert_eq!(sealed["provable_at"].as_u64().unwrap() % 3_600, 0);
    assert!(ran.err.contains("sealed, not yet provable: its leaf goes out with the batch of"), "{}", ran.err);
    let id = sealed["message"].as_str().unwrap();
    assert_eq!(desk.json(&["messages", "show", id])["state"], "sealed, not yet provable");
    assert_eq!(desk.json(&["messages", "list"])["messages"][0]["state"], "sealed, not yet provable");
    let waits = audit(&desk);
    assert_eq!((&waits["valid"], &waits["size"], &waits["waiting"]), (&true.into(), &1.into(), &1.into()), "{waits}");

    let proved = desk.run(&["--json", "prove", id, "--open", "1", "--out", "b.json"]).expect(0);
    assert!(proved.err.contains("published early"), "{}", proved.err);
    assert_eq!(desk.json(&["verify", "b.json"])["valid"], true);
    assert_eq!(desk.json(&["messages", "show", id])["state"], "sealed");
    let logged = audit(&desk);
    assert_eq!(
        (&logged["valid"], &logged["size"], &logged["waiting"]),
        (&true.into(), &9.into(), &0.into()),
        "{logged}"
    );
    // It is in the log: a second proof publishes nothing.
    desk.json(&["prove", id, "--open", "2", "--out", "c.json"]);
    assert_eq!(audit(&desk)["size"], 9);
}

#[test]
fn a_batch_goes_out_at_once_when_told() {
    let desk = Desk::new();
    desk.write("v.toml", "[log]\nevery = \"6h\"\nleaves = 3\n");
    desk.write("t.txt", TEXT);
    let ran = desk.run(&["--json", "seal", "t.txt", "--copies", "1", "--now"]).expect(0);
    assert_eq!((&ran.json()["provable"], &ran.json()["provable_at"]), (&true.into(), &serde_json::Value::Null));
    assert!(ran.err.contains("whoever watches the log"), "{}", ran.err);
    assert_eq!(audit(&desk)["size"], 4);
    let none = desk.json(&["log", "publish"]);
    assert_eq!((&none["published"], &none["size"]), (&0.into(), &4.into()), "{none}");
    assert_eq!(none["next"].as_u64().unwrap() % 21_600, 0);
    let early = desk.json(&["log", "publish", "--now"]);
    assert_eq!((&early["published"], &early["early"], &early["size"]), (&1.into(), &true.into(), &7.into()), "{early}");
    let whole = audit(&desk);
    assert_eq!((&whole["valid"], &whole["checkpoints"]), (&true.into(), &3.into()), "{whole}");

    for wrong in ["every = \"10s\"", "every = \"soon\"", "leaves = 0", "leaves = 5000", "often = 1"] {
        desk.write("v.toml", format!("[log]\n{wrong}\n"));
        let ran = desk.run(&["log", "publish"]).expect(2);
        assert!(ran.err.contains("[log]") || ran.err.contains("v.toml"), "{wrong}: {}", ran.err);
    }
}

#[test]
fn a_stranger_audits_the_directory_alone() {
    let desk = Desk::empty();
    let key = desk.json(&["init"])["log_key"].as_str().unwrap().to_owned();
    desk.write("t.txt", TEXT);
    desk.json(&["seal", "t.txt", "--copies", "1", "--now"]);
    let audited = |code: i32, key: &str| {
        let args = ["--json", "log", "audit", "--dir", "v.log", "--log-key", key];
        let output = common::program().current_dir(desk.dir.path()).args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(audited(0, &key).contains("\"size\":9"));
    let other = Desk::empty().json(&["init"])["log_key"].as_str().unwrap().to_owned();
    audited(1, &other);
    let bundle = desk.path("v.log").join("tile/entries/000.p/9");
    let mut bytes = std::fs::read(&bundle).unwrap();
    bytes[100] ^= 1;
    std::fs::write(&bundle, bytes).unwrap();
    assert!(audited(1, &key).contains("not what was signed"));
    desk.run(&["log", "audit", "--dir", "v.log"]).expect(2);
}

#[test]
fn a_vault_put_back_does_not_log_what_waits_in_it_a_second_time() {
    let desk = Desk::new();
    desk.write("t.txt", TEXT);
    let id = desk.json(&["seal", "t.txt", "--copies", "1"])["message"].as_str().unwrap().to_owned();
    std::fs::copy(desk.path("v.db"), desk.path("old.db")).unwrap();
    desk.json(&["log", "publish", "--now"]);
    std::fs::copy(desk.path("old.db"), desk.path("v.db")).unwrap();
    assert_eq!(desk.json(&["messages", "show", &id])["state"], "sealed");
    desk.json(&["prove", &id, "--open", "1", "--out", "b.json"]);
    desk.json(&["seal", "t.txt", "--copies", "1", "--now"]);
    let audit = desk.run(&["--json", "log", "audit"]).expect(1).json();
    let problems = audit["problems"].as_array().unwrap();
    assert!(problems.len() == 1 && problems[0].as_str().unwrap().contains("older vault"), "{audit}");
}
