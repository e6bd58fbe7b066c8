//! G5: what is opened is what was sealed. No bundle that verifies shows anything else, or hides that a part stays
//! closed.
#![allow(missing_docs)]

mod support;

use countermark_proof::*;
use countermark_tlog::note::{KeyName, SignatureType, VerifierKey};
use serde_json::{Value, json};
use support::*;

/// The honest bundle that all forgeries start from: parts 1 and 2 open, stamped, with a capture and words.
fn honest() -> (Owner, Message, Message, Vec<u8>) {
    let (owner, one, other) = world();
    let mut bundle = owner.bundle(&one, &[1, 2]);
    let imprint = stamped(bundle.proof.checkpoint.checkpoint());
    bundle.token = Some(token(1_800_000_500, &imprint));
    bundle.words = Some("This is what I wrote.".to_owned());
    bundle.capture = Some(Capture { sha256: [0xCA; 32], at: 1_800_050_000, logged: None });
    let bytes = bundle.to_bytes();
    (owner, one, other, bytes)
}

#[test]
fn an_honest_bundle_shows_what_was_sealed() {
    let (owner, one, _, bytes) = honest();
    let report = check(&owner, &bytes);
    assert!(report.valid, "{}", report.reason_text);
    assert_eq!(report.reason, Reason::Valid);
    assert_eq!(report.key, Some(KeySource::Given));
    assert_eq!(report.sealed_before, Some(1_800_000_500));
    assert_eq!(report.written_at, Some(1_800_000_000));
    let opened: Vec<_> = report.opened.iter().map(|part| (part.part, part.text.as_str())).collect();
    let parts = &one.text.parts;
    assert_eq!(opened, [(1, parts[0].text.as_str()), (2, parts[1].text.as_str())]);
    let closed: Vec<_> = report.closed.iter().map(|part| (part.part, part.words)).collect();
    assert_eq!(closed, [(3, "11-20"), (4, "1-5")]);
    assert_eq!(report.notes, [CLOSED, CAPTURE, WORDS]);
    assert_eq!(report.not_shown.len(), 3);
    assert!(!report.after_publication);
    let reference: Reference = report.reference.expect("valid").parse().expect("a reference");
    assert_eq!(reference, Reference::of(&owner.log().key, owner.table.table(), 77));
    let text = String::from_utf8(bytes).expect("UTF-8");
    assert!(!text.contains("Nobody outside this room"), "closed text in the file");
    assert!(!text.contains("Envoy"), "a recipient in the file");
}

/// One change to the honest bundle, made by a forger who then puts the right hash at the end.
type Forge = fn(&mut Value, &Story);

/// Whose log it is, what the bundle shows, and another message in the same log.
struct Story {
    owner: Owner,
    one: Message,
    other: Message,
}

fn forgeries() -> Vec<(&'static str, Forge, &'static str)> {
    let mut rows = forged_parts();
    rows.extend(forged_settings());
    rows.extend(forged_log());
    rows.extend(forged_slots());
    rows.extend(forged_rest());
    rows
}

fn forged_parts() -> Vec<(&'static str, Forge, &'static str)> {
    vec![
        ("changed text", |b, _| b["parts"][1]["text"] = "we shall close the bridge. ".into(), "commitment"),
        ("white space added", |b, _| b["parts"][0]["text"] = "Dear Chancellor,\n\n ".into(), "commitment"),
        ("swapped parts", |b, _| swap(&mut b["parts"], 0, 1), "commitment"),
        ("swapped closed parts", |b, _| swap(&mut b["parts"], 2, 3), "commitment"),
        ("last part hidden", |b, _| drop(array(&mut b["parts"]).pop()), "commitment"),
        ("middle part hidden", |b, _| drop(array(&mut b["parts"]).remove(2)), "commitment"),
        ("all parts hidden", |b, _| array(&mut b["parts"]).clear(), "field"),
        ("part shown twice", |b, _| double(&mut b["parts"], 1), "commitment"),
        ("length class of a closed part", |b, _| b["parts"][2]["class"] = 1.into(), "commitment"),
        ("length class of an open part", |b, _| b["parts"][1]["class"] = 5.into(), "commitment"),
        ("length class 0", |b, _| b["parts"][1]["class"] = 0.into(), "field"),
        ("length class 6", |b, _| b["parts"][1]["class"] = 6.into(), "field"),
        ("hash of a closed part", |b, _| b["parts"][2]["hidden"] = base64(&[7; 32]).into(), "commitment"),
        (
            "closed part with invented text",
            |b, _| b["parts"][2] = json!({"class": 3, "salt": base64(&[0; 32]), "text": "I resign."}),
            "commitment",
        ),
        ("salt of an open part", |b, _| b["parts"][0]["salt"] = base64(&[0; 32]).into(), "commitment"),
        ("salt of 31 bytes", |b, _| b["parts"][0]["salt"] = base64(&[0; 31]).into(), "field"),
        ("part both open and closed", |b, _| b["parts"][0]["hidden"] = base64(&[0; 32]).into(), "unknown-field"),
        ("part neither open nor closed", |b, _| b["parts"][0] = json!({"class": 1}), "field"),
        (
            "the other message's part",
            |b, Story { owner, other, .. }| b["parts"][1] = file(owner, other)["parts"][1].clone(),
            "commitment",
        ),
        (
            "the other message's parts, all",
            |b, Story { owner, other, .. }| b["parts"] = file(owner, other)["parts"].clone(),
            "commitment",
        ),
    ]
}

fn forged_settings() -> Vec<(&'static str, Forge, &'static str)> {
    vec![
        ("number of copies", |b, _| b["settings"]["copies"] = 4.into(), "commitment"),
        ("number of file copies", |b, _| b["settings"]["file_copies"] = 0.into(), "commitment"),
        ("more file copies than copies", |b, _| b["settings"]["file_copies"] = 4.into(), "settings"),
        ("bound", |b, _| b["settings"]["epsilon"] = 10_000_000_000_u64.into(), "commitment"),
        ("bound out of range", |b, _| b["settings"]["epsilon"] = 1.into(), "settings"),
        ("marked line", |b, _| b["settings"]["marked_line"] = false.into(), "commitment"),
        ("number of texts", |b, _| b["settings"]["texts"] = "7".into(), "commitment"),
        ("rules' version", |b, _| b["settings"]["rules"] = 2.into(), "commitment"),
        ("type of bias", |b, _| b["settings"]["bias"] = "arcsine".into(), "commitment"),
        ("salt of the settings", |b, _| b["settings"]["salt"] = base64(&[0; 32]).into(), "commitment"),
        ("unknown setting", |b, _| b["settings"]["x"] = 1.into(), "unknown-field"),
        ("setting left out", |b, _| drop(object(&mut b["settings"]).remove("eta")), "field"),
        ("writer's time", |b, _| b["time"]["at"] = 1_700_000_000.into(), "commitment"),
        ("negative time", |b, _| b["time"]["at"] = (-1).into(), "field"),
        (
            "a checkpoint before, added",
            |b, Story { owner, .. }| b["time"]["after"] = owner.proof(0).checkpoint.to_text().into(),
            "commitment",
        ),
        ("a checkpoint before that is none", |b, _| b["time"]["after"] = "x".into(), "settings"),
        ("message id", |b, _| b["message"] = "04040404040404040404040404040404".into(), "commitment"),
        ("message id in capitals", |b, _| b["message"] = "0303030303030303030303030303030A".into(), "field"),
    ]
}

fn forged_log() -> Vec<(&'static str, Forge, &'static str)> {
    vec![
        ("commitment", |b, _| b["commitment"] = base64(&[1; 32]).into(), "commitment"),
        (
            "the other message's proof",
            |b, Story { owner, other, .. }| b["proof"] = file(owner, other)["proof"].clone(),
            "not-logged",
        ),
        ("another index", |b, _| edit(&mut b["proof"], "index 3", "index 4"), "not-logged"),
        ("index 0", |b, _| edit(&mut b["proof"], "index 3", "index 0"), "not-logged"),
        ("index beyond the log", |b, _| edit(&mut b["proof"], "index 3", "index 9"), "not-logged"),
        ("proof one hash short", |b, _| cut_line(&mut b["proof"], 2), "not-logged"),
        ("proof with extra data", |b, _| edit(&mut b["proof"], "index", "extra AAAA\nindex"), "field"),
        ("size of the log", |b, _| edit(&mut b["proof"], "/log\n9\n", "/log\n8\n"), "checkpoint"),
        ("origin", |b, _| edit(&mut b["proof"], "countermark.example/log\n9", "other.example/log\n9"), "checkpoint"),
        ("extension line", |b, _| edit(&mut b["proof"], "\n\n\u{2014}", "\nx\n\n\u{2014}"), "checkpoint"),
        ("checkpoint of another key", |b, _| b["proof"] = Owner::new(2).proof(0).to_text().into(), "checkpoint"),
        (
            "unsigned checkpoint",
            |b, _| edit(&mut b["proof"], "\u{2014} countermark.example/log", "\u{2014} other.example/log"),
            "checkpoint",
        ),
        ("another log's key", |b, _| b["log"] = Owner::new(2).key().to_string().into(), "wrong-log"),
        ("no key", |b, _| b["log"] = "countermark.example/log".into(), "log-key"),
        ("a witness's key as the log's", |b, Story { owner, .. }| b["log"] = witness_key(owner).into(), "log-key"),
        ("proof that is none", |b, _| b["proof"] = "c2sp.org/tlog-proof@v1\n".into(), "field"),
    ]
}

fn forged_slots() -> Vec<(&'static str, Forge, &'static str)> {
    vec![
        ("slot's number", |b, _| b["slot"]["index"] = 78.into(), "table"),
        ("slot beyond the table", |b, _| b["slot"]["index"] = 333.into(), "slot"),
        ("slot's nonce", |b, _| b["slot"]["nonce"] = base64(&[0; 32]).into(), "table"),
        ("slot's path", |b, _| b["slot"]["path"][3] = base64(&[0; 32]).into(), "table"),
        ("slot's path one short", |b, _| drop(array(&mut b["slot"]["path"]).pop()), "slot"),
        ("second slot, opened rightly", |b, Story { owner, .. }| b["slot"] = slot_file(owner, 78), "not-logged"),
        ("the other message's slot", |b, Story { owner, .. }| b["slot"] = slot_file(owner, 200), "not-logged"),
        ("table's id", |b, _| b["table"]["id"] = base64(&[0; 32]).into(), "table"),
        ("table's proof", |b, _| array(&mut b["table"]["proof"]).clear(), "table"),
        ("small table shown as full", |b, _| b["table"]["slots"] = 1_048_576.into(), "slot"),
        ("table of 1,000 slots", |b, _| b["table"]["slots"] = 1_000.into(), "table-size"),
        ("table of no slots", |b, _| b["table"]["slots"] = 0.into(), "table-size"),
        ("table of 2^52 slots", |b, _| b["table"]["slots"] = (1_u64 << 52).into(), "table-size"),
        ("table and slot of another secret", second_table, "table"),
    ]
}

fn forged_rest() -> Vec<(&'static str, Forge, &'static str)> {
    vec![
        ("hash of the rest", |b, _| b["rest"][0] = base64(&[0; 32]).into(), "commitment"),
        ("rest one short", |b, _| drop(array(&mut b["rest"]).pop()), "commitment"),
        ("rest one long", |b, _| double(&mut b["rest"], 0), "commitment"),
        ("rest without end", |b, _| b["rest"] = vec![base64(&[0; 32]); 65].into(), "field"),
        ("time-stamp that is none", |b, _| b["token"] = base64(b"garbage").into(), "token"),
        ("time-stamp on something else", |b, _| b["token"] = base64(&token(1, &[0; 32])).into(), "token"),
        ("time-stamp not in base64", |b, _| b["token"] = "at!".into(), "field"),
        ("capture said to be logged", logged_elsewhere, "capture"),
        ("capture's hash too short", |b, _| b["capture"]["sha256"] = "ca".into(), "field"),
        ("words that are no text", |b, _| b["words"] = 1.into(), "field"),
        ("words beyond the limit", |b, _| b["words"] = "a".repeat(65_537).into(), "field"),
        ("unknown field", |b, _| b["row"] = 1.into(), "unknown-field"),
        ("explanations of its own", |b, _| b["explanations"] = "trust me".into(), "field"),
        ("explanations version 2", |b, _| b["explanations"] = 2.into(), "explanations"),
        ("format version 2", |b, _| b["format"] = "countermark/bundle/2".into(), "format"),
        ("no format", |b, _| drop(object(b).remove("format")), "format"),
    ]
}

#[test]
fn every_forgery_is_refused_for_its_reason() {
    let (owner, one, other, bytes) = honest();
    let story = Story { owner, one, other };
    let rows = forgeries();
    assert!(rows.len() >= 80, "{} forgeries", rows.len());
    for (name, forge, expected) in rows {
        let mut file = open_file(&bytes);
        forge(&mut file, &story);
        let forged = close_file(file);
        assert_ne!(forged, bytes, "{name} changes nothing");
        let report = check(&story.owner, &forged);
        assert_eq!(report.reason.code(), expected, "{name}");
        assert!(!report.valid && report.opened.is_empty() && report.closed.is_empty(), "{name} shows something");
    }
}

#[test]
fn every_trap_in_the_file_is_refused_for_its_reason() {
    let (owner, _, _, bytes) = honest();
    let text = String::from_utf8(bytes.clone()).expect("UTF-8");
    let replaced = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1).into_bytes()
    };
    let rows: Vec<(&str, Vec<u8>, &str)> = vec![
        ("nothing", vec![], "json-truncated"),
        ("truncated", bytes[..bytes.len() - 1].to_vec(), "json-truncated"),
        ("half", bytes[..bytes.len() / 2].to_vec(), "json-truncated"),
        ("byte order mark", [b"\xEF\xBB\xBF", bytes.as_slice()].concat(), "json-bom"),
        ("newline at the end", [bytes.as_slice(), b"\n"].concat(), "not-canonical"),
        ("something at the end", [bytes.as_slice(), b"{}"].concat(), "json-trailing"),
        ("twice", [bytes.as_slice(), bytes.as_slice()].concat(), "json-trailing"),
        ("white space", replaced("\"copies\":3", "\"copies\": 3"), "not-canonical"),
        (
            "keys in another order",
            replaced("\"copies\":3,\"epsilon\":100000000000", "\"epsilon\":100000000000,\"copies\":3"),
            "not-canonical",
        ),
        ("key twice", replaced("\"copies\":3", "\"copies\":2,\"copies\":3"), "json-duplicate-key"),
        ("key twice, escaped", replaced("\"copies\":3", "\"copies\":3,\"cop\\u0069es\":3"), "json-duplicate-key"),
        ("needless escape", replaced("Dear", "\\u0044ear"), "not-canonical"),
        ("fraction", replaced("\"copies\":3", "\"copies\":3.0"), "json-float"),
        ("exponent", replaced("\"copies\":3", "\"copies\":3e0"), "json-float"),
        ("leading nought", replaced("\"copies\":3", "\"copies\":03"), "json-float"),
        ("minus nought", replaced("\"copies\":3", "\"copies\":-0"), "json-float"),
        ("2^53", replaced("\"copies\":3", "\"copies\":9007199254740992"), "json-integer-range"),
        ("null", replaced("\"copies\":3", "\"copies\":null"), "json-null"),
        ("not a number", replaced("\"copies\":3", "\"copies\":NaN"), "json-syntax"),
        ("half a surrogate pair", replaced("Dear", "\\ud83d"), "json-surrogate"),
        ("a raw control character", replaced("Dear", "De\u{1}ar"), "json-control"),
        ("too deep", replaced("\"copies\":3", &format!("\"copies\":{}", "[".repeat(100_000))), "json-depth"),
        ("no JSON", b"%PDF-1.7".to_vec(), "json-syntax"),
        ("other JSON", b"{\"a\":1}".to_vec(), "format"),
        ("a list", b"[]".to_vec(), "format"),
        ("not UTF-8", vec![0xFF, 0xFE], "json-utf8"),
        ("a million levels", "[".repeat(1_000_000).into_bytes(), "json-depth"),
        ("too large", vec![b' '; (16 << 20) + 1], "too-large"),
        ("changed text, hash left", replaced("bridge", "border"), "hash"),
        ("changed words, hash left", replaced("what I wrote", "not my text!"), "hash"),
        ("no hash", without_hash(&text), "field"),
        ("hash that is none", replaced("\"~hash\":\"", "\"~hash\":\"!"), "field"),
    ];
    for (name, forged, expected) in rows {
        let report = check(&owner, &forged);
        assert_eq!(report.reason.code(), expected, "{name}: {}", report.reason_text);
        assert!(!report.valid && report.opened.is_empty(), "{name}");
    }
}

#[test]
fn every_single_bit_counts() {
    let (owner, one, _) = world();
    let bytes = owner.bundle(&one, &[2]).to_bytes();
    assert!(check(&owner, &bytes).valid);
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(!check(&owner, &flipped).valid, "bit {} of byte {}", bit % 8, bit / 8);
    }
}

/// The forger puts the hash right after each change: every value that the bundle shows is bound by more than it.
/// Only the writer's words and an unlogged capture are not, and the report says so.
#[test]
fn every_value_counts_also_under_a_new_hash() {
    let (owner, _, _, bytes) = honest();
    let file = open_file(&bytes);
    let mut paths = Vec::new();
    walk(&file, String::new(), &mut paths);
    assert!(paths.len() > 50, "{} values", paths.len());
    for path in paths {
        if ["/~0hash", "/words", "/capture/at", "/capture/sha256"].contains(&path.as_str()) {
            continue;
        }
        for change in 0..3 {
            let mut forged = file.clone();
            let value = forged.pointer_mut(&path).expect("walked");
            *value = match &*value {
                Value::Bool(value) => (!value).into(),
                Value::Number(number) => (number.as_u64().expect("an integer") + 1 + change).into(),
                Value::String(text) => changed(text, change as usize).into(),
                other => panic!("{other} at {path}"),
            };
            assert!(!check(&owner, &close_file(forged)).valid, "{path}");
        }
    }
}

#[test]
fn small_tables_are_refused_unless_told() {
    let (owner, _, _, bytes) = honest();
    let report = verify(&bytes, &VerifyOptions::default());
    assert_eq!(report.reason, Reason::TableSize { slots: 256 });
    assert!(check(&owner, &bytes).valid);
}

#[test]
fn a_table_later_in_the_log_is_no_table() {
    let mut owner = Owner::new(1);
    let late = TableSecret::new([9; 32], [8; 32], TableSize::SMALL);
    let tree = TableTree::build(&late);
    owner.leaves.push(tree.leaf(&late).to_vec());
    let message = {
        let sealing = letter(&owner, 3);
        let sealed = commit(&sealing, 11);
        let tag = late.slot(5).expect("inside").tag(late.table());
        owner.leaves.push(leaf(&tag, &sealed.commitment).to_vec());
        Message { text: sealing.text, seed: 11, sealed, slot: 5, index: 2 }
    };
    let mut bundle = owner.bundle(&message, &[1]);
    let table_proof = owner.head().0.inclusion(1).expect("inside");
    bundle.slot = SlotOpening::new(&late, &tree, 5, table_proof).expect("inside");
    assert_eq!(check(&owner, &bundle.to_bytes()).reason, Reason::Table);
}

/// Somebody sees a leaf appear and logs the same commitment in a log of his own; when the message is opened, he has
/// everything that the true owner showed.
#[test]
fn a_commitment_copied_into_another_log_proves_nothing_there() {
    let (owner, one, _, bytes) = honest();
    let mut thief = Owner::new(2);
    let tag = thief.table.slot(9).expect("inside").tag(thief.table.table());
    thief.leaves.push(leaf(&tag, &one.sealed.commitment).to_vec());
    let honest = Bundle::parse(&bytes).expect("honest");
    let mut stolen = Bundle { log: thief.key(), slot: thief.slot(9), proof: thief.proof(1), token: None, ..honest };
    assert_eq!(check(&thief, &stolen.to_bytes()).reason, Reason::Commitment);
    stolen.opening.settings.log = thief.log();
    assert_eq!(check(&thief, &stolen.to_bytes()).reason, Reason::Commitment);
    assert_eq!(check(&owner, &stolen.to_bytes()).reason, Reason::WrongLog);
}

#[test]
fn two_sealings_under_one_reference_contradict_each_other() {
    let mut owner = Owner::new(1);
    let sealing = letter(&owner, 3);
    let one = owner.seal(&sealing, 11, 77);
    let mut other = letter(&owner, 4);
    other.text.parts[1] = part("the bridge stays closed. ");
    let other = owner.seal(&other, 12, 77);
    let one = check(&owner, &owner.bundle(&one, &[2]).to_bytes());
    let other = check(&owner, &owner.bundle(&other, &[2]).to_bytes());
    assert!(one.valid && other.valid);
    assert_eq!(one.tag, other.tag); // which every reader of the log sees
    assert!(one.contradicts(&other));
    assert!(!one.contradicts(&one));
}

#[test]
fn what_the_report_says_depends_on_what_is_trusted() {
    let (owner, one, _, bytes) = honest();
    let key = owner.key();
    let small = VerifyOptions { tables: Tables::AlsoSmall, ..VerifyOptions::default() };
    let carried = verify(&bytes, &small);
    assert_eq!(carried.key, Some(KeySource::Carried));
    assert_eq!(carried.sealed_before, None);
    assert_eq!(carried.notes, [CARRIED_KEY, NO_CLOCK, UNTRUSTED_CLOCK, CLOSED, CAPTURE, WORDS]);
    assert_eq!(carried.fingerprint, Some(fingerprint(&owner.log().key)));

    let untrusting = |_: &[u8], _: &[u8; 32]| Stamp::Untrusted;
    let options = VerifyOptions { log_key: Some(&key), timestamps: Some(&untrusting), ..small };
    let report = verify(&bytes, &options);
    assert_eq!((report.key, report.sealed_before), (Some(KeySource::Given), None));
    assert_eq!(report.notes[..2], [NO_CLOCK, UNTRUSTED_CLOCK]);

    let mut bundle = owner.bundle(&one, &[1, 2, 3, 4]);
    let imprint = stamped(bundle.proof.checkpoint.checkpoint());
    bundle.capture = Some(Capture { sha256: [1; 32], at: 1_800_000_400, logged: None });
    bundle.token = Some(token(1_800_000_500, &imprint));
    let report = check(&owner, &bundle.to_bytes());
    assert!(report.valid && report.after_publication);
    assert_eq!(report.notes, [AFTER_PUBLICATION, CAPTURE]);

    bundle.token = Some(token(1_799_999_999, &imprint));
    let report = check(&owner, &bundle.to_bytes());
    assert!(!report.after_publication);
    assert_eq!(report.notes, [LATE_TIME, CAPTURE]);

    bundle.token = None;
    bundle.capture = Some(Capture { sha256: [1; 32], at: 1_799_999_999, logged: None });
    assert_eq!(check(&owner, &bundle.to_bytes()).notes, [AFTER_PUBLICATION, NO_CLOCK, CAPTURE]);
}

#[test]
fn a_logged_capture_is_checked() {
    let (mut owner, one, _) = world();
    let mut capture = Capture { sha256: [0xCA; 32], at: 1_800_050_000, logged: None };
    owner.leaves.push(capture.leaf(&[1; 32], &[2; 32]).to_vec());
    let index = owner.leaves.len() as u64 - 1;
    capture.logged = Some(LoggedCapture { tag: [1; 32], salt: [2; 32], proof: owner.proof(index) });
    let mut bundle = owner.bundle(&one, &[1]);
    bundle.capture = Some(capture);
    let bytes = bundle.to_bytes();
    let report = check(&owner, &bytes);
    assert!(report.valid && report.capture.expect("there").logged);
    for (pointer, value) in [
        ("/capture/at", Value::from(1_800_049_999)),
        ("/capture/sha256", "cb".repeat(32).into()),
        ("/capture/log/salt", base64(&[3; 32]).into()),
        ("/capture/log/tag", base64(&[3; 32]).into()),
    ] {
        let mut file = open_file(&bytes);
        *file.pointer_mut(pointer).expect("there") = value;
        assert_eq!(check(&owner, &close_file(file)).reason, Reason::Capture, "{pointer}");
    }
}

// --- what the forgeries are made with

fn file(owner: &Owner, message: &Message) -> Value {
    open_file(&owner.bundle(message, &[1, 2]).to_bytes())
}

fn slot_file(owner: &Owner, slot: u32) -> Value {
    let (_, one, _) = world();
    let mut bundle = owner.bundle(&one, &[]);
    bundle.slot = owner.slot(slot);
    open_file(&bundle.to_bytes())["slot"].clone()
}

fn second_table(file: &mut Value, Story { one, .. }: &Story) {
    let other = Owner::new(9);
    file["slot"]["nonce"] = base64(&other.table.slot(one.slot).expect("inside").nonce).into();
    file["table"]["id"] = base64(other.table.table()).into();
    let path = other.tree.path(&other.table, one.slot).expect("inside");
    file["slot"]["path"] = path.iter().map(|hash| base64(hash)).collect::<Vec<_>>().into();
}

fn logged_elsewhere(file: &mut Value, Story { owner, one, .. }: &Story) {
    let proof = owner.proof(one.index).to_text();
    file["capture"]["log"] = json!({"proof": proof, "salt": base64(&[0; 32]), "tag": base64(&[0; 32])});
}

fn witness_key(owner: &Owner) -> String {
    let name: KeyName = ORIGIN.parse().expect("a key name");
    let public = owner.log().key.to_vec();
    VerifierKey::new(name, SignatureType::CosignatureV1, public).expect("a key").to_string()
}

fn without_hash(text: &str) -> Vec<u8> {
    let cut = text.rfind(",\"~hash\"").expect("there");
    format!("{}}}", &text[..cut]).into_bytes()
}

fn array(value: &mut Value) -> &mut Vec<Value> {
    value.as_array_mut().expect("a list")
}

fn object(value: &mut Value) -> &mut serde_json::Map<String, Value> {
    value.as_object_mut().expect("an object")
}

fn swap(value: &mut Value, one: usize, other: usize) {
    array(value).swap(one, other);
}

fn double(value: &mut Value, place: usize) {
    let copy = value[place].clone();
    array(value).insert(place, copy);
}

fn edit(value: &mut Value, from: &str, to: &str) {
    let text = value.as_str().expect("text");
    assert!(text.contains(from), "{from:?} in {text:?}");
    *value = text.replacen(from, to, 1).into();
}

fn cut_line(value: &mut Value, line: usize) {
    let mut lines: Vec<_> = value.as_str().expect("text").split('\n').collect();
    lines.remove(line);
    *value = lines.join("\n").into();
}

fn walk(value: &Value, path: String, paths: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(key, value)| walk(value, format!("{path}/{}", key.replace('~', "~0")), paths))
        }
        Value::Array(values) => {
            values.iter().enumerate().for_each(|(place, value)| walk(value, format!("{path}/{place}"), paths));
        }
        _ => paths.push(path),
    }
}

/// The text with one character at a fifth, a half or four fifths of it replaced by another of the same kind.
fn changed(text: &str, change: usize) -> String {
    let place = text.len() * [2, 5, 8][change] / 10;
    let next = |c: char| match c {
        '0'..='8' | 'a'..='y' | 'A'..='Y' => char::from(c as u8 + 1),
        '9' => '0',
        'z' => 'a',
        'Z' => 'A',
        _ => 'x',
    };
    text.char_indices().map(|(at, c)| if at == place { next(c) } else { c }).collect()
}
