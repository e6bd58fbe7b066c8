//! `take` on the command line: what is taken in, what is left and why, what `trace`, `messages` and the log then say.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use common::Desk;

const CHAT: &str = "13/02/2024, 10:29 - Ada Lind created group \"Lisk\"\n\
    13/02/2024, 10:30 - Ada Lind: The answer of our government remains no, and I would rather say it now than in May.\n\
    13/02/2024, 10:31 - Ben Holm: Then we shall have to tell the delegates that the table in Lisk stays empty this spring.\n\
    13/02/2024, 10:32 - Ada Lind: <Media omitted>\n";

/// The message of RFC 8463, appendix A, with its two signatures.
const SIGNED: &str = include_str!("../../reading/src/mail/dkim/rfc8463.eml");
const KEY: &str = "$ORIGIN football.example.com.\nbrisbane._domainkey IN TXT \"v=DKIM1; k=ed25519; \" \"p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n";

#[test]
fn a_chat_is_taken_in_found_shown_and_removed() {
    let desk = Desk::new();
    desk.write("WhatsApp Chat with Ben.txt", CHAT);
    let chat = "WhatsApp Chat with Ben.txt";
    let dry = desk.run(&["take", chat, "--dry-run"]).expect(1);
    assert!(dry.out.contains("Ada Lind (1), Ben Holm (1)") && dry.err.contains("nothing was taken in"), "{}", dry.out);
    desk.run(&["take", chat]).expect(2);
    let sent = desk.json(&["take", chat, "--me", "Ada Lind"]);
    let file = &sent["files"][0];
    assert_eq!((&file["new"], &file["others"], &file["kind"]), (&1.into(), &1.into(), &"whatsapp".into()));
    assert_eq!(file["skipped"].as_array().unwrap().len(), 2);
    let all = desk.json(&["take", chat, "--me", "Ada Lind", "--received"]);
    assert_eq!((&all["files"][0]["new"], &all["files"][0]["known"]), (&1.into(), &1.into()));
    let list = desk.json(&["messages", "list", "--taken"]);
    let list = list["taken"].as_array().unwrap();
    assert_eq!(list.len(), 2);
    assert_eq!((&list[0]["thread"], &list[0]["zone_known"]), (&"Ben".into(), &false.into()));
    assert_eq!(desk.json(&["messages", "list"])["taken"], serde_json::json!({"sent": 1, "received": 1}));

    desk.write("leak.txt", "Here it is: the answer of our government remains no, and I would say it now than in May!");
    let found = desk.json(&["trace", "leak.txt"]);
    assert_eq!((&found["verdict"], &found["message"]), (&"single".into(), &list[1]["message"]));
    assert_eq!(found["changes"].as_array().unwrap().len(), 1);
    assert!(desk.run(&["trace", "leak.txt"]).expect(0).out.starts_with("OURS: message"));
    desk.write("theirs.txt", "We shall have to tell the delegates that the table in Lisk stays empty this spring");
    assert!(desk.run(&["trace", "theirs.txt"]).expect(1).out.starts_with("RECEIVED, NOT WRITTEN BY US"));

    let id = list[1]["message"].as_str().unwrap();
    let shown = desk.run(&["messages", "show", &id[..8]]).expect(0).out;
    assert!(shown.contains("taken in, sent by us") && shown.contains("rather say it now"), "{shown}");
    desk.run(&["log", "audit"]).expect(0);
    assert_eq!(desk.json(&["messages", "remove", id])["removed"], 1);
    desk.run(&["messages", "show", id]).expect(2);
}

#[test]
fn what_can_t_be_read_says_what_to_do_and_takes_nothing() {
    let desk = Desk::new();
    desk.write("good.txt", CHAT);
    desk.write("both.txt", "01/02/2024, 10:30 - Ada Lind: No.\n03/04/2024, 10:31 - Ada Lind: Never.\n");
    desk.write("odd.bin", "no export of anything\n");
    for (args, hint) in [
        (&["take", "good.txt", "both.txt", "--me", "Ada Lind"][..], "--date-order"),
        (&["take", "good.txt", "odd.bin", "--me", "Ada Lind"], "result.json"),
        (&["take", "good.txt", "--me", "Ada Lind", "--time-zone", "1"], "+01:00"),
        (&["take", "good.txt", "--me", "Ada Lind", "--dkim-key", "odd.bin"], "_domainkey"),
        (&["take", "absent.txt", "--me", "Ada Lind"], "path"),
        (&["take", "good.txt", "--me", " "], "name"),
    ] {
        let ran = desk.run(args).expect(2);
        assert!(ran.err.contains(hint), "{args:?}: {}", ran.err);
    }
    assert_eq!(desk.json(&["messages", "list"])["taken"]["sent"], 0);
    let taken = desk.json(&["take", "both.txt", "--me", "Ada Lind", "--date-order", "mdy", "--time-zone", "-05:00"]);
    assert_eq!(taken["files"][0]["new"], 2);
    let list = desk.json(&["messages", "list", "--taken"]);
    assert_eq!((&list["taken"][1]["at"], &list["taken"][1]["zone_known"]), (&1_704_209_400.into(), &true.into()));
    assert_eq!(desk.run(&["take", "good.txt", "--me", "Nobody"]).expect(1).out.matches("Ada Lind (1)").count(), 1);
}

#[test]
fn mail_and_its_signatures() {
    let desk = Desk::new();
    desk.write("a.eml", SIGNED);
    desk.write("keys.zone", KEY);
    let mailbox = format!(
        "From joe@football.example.com Fri Jul 11 21:01:54 2003\n{}\nFrom x Fri Jul 11 21:01:54 2003\n%%% torn\n",
        SIGNED.replace("\r\n", "\n").replace("lost the game", "won the game")
    );
    desk.write("box", mailbox);
    let outcomes = |taken: &serde_json::Value| -> Vec<String> {
        let dkim = taken["files"][0]["dkim"].as_array().unwrap();
        dkim.iter().map(|one| one["outcome"].as_str().unwrap().to_owned()).collect()
    };
    let me = ["--me", "joe@football.example.com"];
    let unasked = desk.json(&[&["take", "a.eml", "--dry-run"][..], &me].concat());
    assert_eq!(outcomes(&unasked), ["no-key", "no-key"], "nobody is asked unasked");
    let taken = desk.json(&[&["take", "a.eml", "--dkim-key", "keys.zone"][..], &me].concat());
    assert_eq!(outcomes(&taken), ["verifies", "no-key"]);
    let changed = desk.json(&[&["take", "box", "--dkim-key", "keys.zone"][..], &me].concat());
    assert_eq!(outcomes(&changed), ["fails", "fails"]);
    assert_eq!(changed["files"][0]["skipped"][0]["why"], "damaged");
    assert_eq!(changed["files"][0]["new"], 1, "what was changed is another item");
    let id = desk.json(&["messages", "list", "--taken"])["taken"][0]["message"].as_str().unwrap().to_owned();
    assert_eq!(desk.json(&["messages", "show", &id])["dkim"].as_array().unwrap().len(), 2);
}
