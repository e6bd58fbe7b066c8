//! An outside clock by files, with `openssl ts` as the time-stamping authority.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::process::Command;

use common::Desk;

/// Makes an authority (a certificate for time-stamping, signed by a root of its own) in the desk's directory. False where there is no openssl.
fn authority(desk: &Desk) -> bool {
    let config = "[tsa]\ndefault_tsa = one\n[one]\nserial = ./serial\nsigner_digest = sha256\ndefault_policy = 1.2.3.4.1\ndigests = sha256\naccuracy = secs:1\n\
        ess_cert_id_chain = no\ness_cert_id_alg = sha256\n[ext]\nextendedKeyUsage = critical,timeStamping\nbasicConstraints = CA:FALSE\n[ca]\nbasicConstraints = critical,CA:TRUE\n\
        [req]\ndistinguished_name = dn\n[dn]\n";
    desk.write("tsa.cnf", config);
    desk.write("serial", "01\n");
    let run = |args: &str| {
        let output = Command::new("openssl").current_dir(desk.dir.path()).args(args.split(' ')).output();
        output.is_ok_and(|output| output.status.success())
    };
    run(
        "req -x509 -config tsa.cnf -extensions ca -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -subj /CN=root -days 3650",
    ) && run(
        "req -new -config tsa.cnf -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout tsa.key -out tsa.csr -subj /CN=clock",
    ) && run(
        "x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile tsa.cnf -extensions ext -days 3650 -out tsa.pem",
    )
}

#[test]
fn a_time_stampers_word_shows_in_the_proof() {
    let desk = Desk::new();
    if !authority(&desk) {
        println!("skipped: openssl is not here");
        return;
    }
    desk.write("t.txt", "We agreed on the ninth of March. Nothing else was said.");
    let sealed = desk.json(&["seal", "t.txt", "--copies", "1", "--now"]);
    let id = sealed["message"].as_str().unwrap();
    desk.run(&["log", "timestamp", "--add", "absent.tsr", "--trust", "ca.pem"]).expect(2);
    desk.json(&["log", "timestamp", "--request", "request.tsq"]);
    let answered = Command::new("openssl")
        .current_dir(desk.dir.path())
        .args(
            "ts -reply -config tsa.cnf -queryfile request.tsq -signer tsa.pem -inkey tsa.key -out answer.tsr"
                .split(' '),
        )
        .output()
        .unwrap();
    assert!(answered.status.success(), "{}", String::from_utf8_lossy(&answered.stderr));
    // What can't be checked, or is checked under a stranger's certificate, is not kept.
    desk.run(&["log", "timestamp", "--add", "answer.tsr"]).expect(2);
    desk.run(&["log", "timestamp", "--add", "answer.tsr", "--trust", "t.txt"]).expect(2);
    let kept = desk.json(&["log", "timestamp", "--add", "answer.tsr", "--trust", "ca.pem"]);
    assert!(kept["time"].as_u64().unwrap() > 1_700_000_000);
    // An answer is kept once: it answers no other request.
    desk.run(&["log", "timestamp", "--add", "answer.tsr", "--trust", "ca.pem"]).expect(2);

    // More is sealed afterwards: the proof still goes under the stamped checkpoint.
    desk.json(&["seal", "t.txt", "--copies", "1", "--now"]);
    desk.json(&["prove", id, "--open", "1", "--out", "b.json"]);
    let trusted = desk.json(&["verify", "b.json", "--trust", "ca.pem"]);
    assert_eq!(trusted["sealed_before"], kept["time"], "{trusted}");
    let untrusted = desk.json(&["verify", "b.json"]);
    assert_eq!((&untrusted["valid"], &untrusted["sealed_before"]), (&true.into(), &serde_json::Value::Null));
    // What was sealed after the stamp has no clock.
    let later = desk.json(&["messages", "list"])["messages"][0]["message"].as_str().unwrap().to_owned();
    let later = if later == id {
        desk.json(&["messages", "list"])["messages"][1]["message"].as_str().unwrap().to_owned()
    } else {
        later
    };
    desk.json(&["prove", &later, "--open", "1", "--out", "later.json"]);
    assert_eq!(desk.json(&["verify", "later.json", "--trust", "ca.pem"])["sealed_before"], serde_json::Value::Null);
}
