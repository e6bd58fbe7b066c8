//! Forged bundles: what each changes, and the reason for which it must be refused.
#![allow(dead_code, missing_docs, unreachable_pub)] // every test file uses its own share of this

use countermark_proof::*;
use countermark_tlog::note::{KeyName, SignatureType, VerifierKey};
use serde_json::{Value, json};

use crate::support::*;

/// The honest bundle that all forgeries start from: parts 1 and 2 open, stamped, with a capture and words.
pub fn honest() -> (Owner, Message, Message, Vec<u8>) {
    let (owner, one, other) = world();
    let mut bundle = owner.bundle(&one, &[1, 2]);
    let imprint = stamped(bundle.proof.checkpoint.checkpoint());
    bundle.token = Some(token(1_800_000_500, &imprint));
    bundle.words = Some("This is what I wrote.".to_owned());
    bundle.capture = Some(Capture { sha256: [0xCA; 32], at: 1_800_050_000, logged: None });
    let bytes = bundle.to_bytes();
    (owner, one, other, bytes)
}

/// One change to the honest bundle, made by a forger who then puts the right hash at the end.
pub type Forge = fn(&mut Value, &Story);

/// Whose log it is, what the bundle shows, and another message in the same log.
pub struct Story {
    pub owner: Owner,
    pub one: Message,
    pub other: Message,
}

pub fn forgeries() -> Vec<(&'static str, Forge, &'static str)> {
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
        ("a hash with stray bits", |b, _| stray_bits(&mut b["parts"][0]["salt"]), "field"),
        ("a hash without its padding", |b, _| edit(&mut b["parts"][0]["salt"], "=", ""), "field"),
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
        ("an older checkpoint of the log", |b, s| other_head(b, &s.owner, 3, false), "table"),
        ("an older checkpoint of the log, with its table", |b, s| other_head(b, &s.owner, 3, true), "not-logged"),
        ("a checkpoint of a fork", |b, _| other_head(b, &fork(), 9, false), "table"),
        ("a checkpoint of a fork, with its table", |b, _| other_head(b, &fork(), 9, true), "not-logged"),
        ("no key", |b, _| b["log"] = "countermark.example/log".into(), "log-key"),
        ("a witness's key as the log's", |b, Story { owner, .. }| b["log"] = witness_key(owner).into(), "log-key"),
        ("checkpoint that is no note", |b, _| edit(&mut b["proof"], "\n\n\u{2014}", "\n\u{2014}"), "field"),
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
        ("unknown field", |b, _| b["column"] = 1.into(), "unknown-field"),
        ("a row in format 1", |b, _| b["row"] = 1.into(), "unknown-field"),
        ("explanations of its own", |b, _| b["explanations"] = "trust me".into(), "field"),
        ("explanations version 2", |b, _| b["explanations"] = 2.into(), "explanations"),
        ("format 2 with explanations 1", |b, _| b["format"] = "countermark/bundle/2".into(), "explanations"),
        ("format 2 without a row", without_row, "field"),
        ("format version 3", |b, _| b["format"] = "countermark/bundle/3".into(), "format"),
        ("no format", |b, _| drop(object(b).remove("format")), "format"),
    ]
}

fn without_row(bundle: &mut Value, _: &Story) {
    bundle["format"] = FORMAT_WITH_ROW.into();
    bundle["explanations"] = 2.into();
}

/// Files that are refused before anything in them is looked at, with the reason.
pub fn traps(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let text = String::from_utf8(bytes.to_vec()).expect("UTF-8");
    let replaced = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1).into_bytes()
    };
    vec![
        ("nothing", vec![], "json-truncated"),
        ("truncated", bytes[..bytes.len() - 1].to_vec(), "json-truncated"),
        ("half", bytes[..bytes.len() / 2].to_vec(), "json-truncated"),
        ("byte order mark", [b"\xEF\xBB\xBF", bytes].concat(), "json-bom"),
        ("newline at the end", [bytes, b"\n"].concat(), "not-canonical"),
        ("something at the end", [bytes, b"{}"].concat(), "json-trailing"),
        ("twice", [bytes, bytes].concat(), "json-trailing"),
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
        ("1e400", replaced("\"copies\":3", "\"copies\":1e400"), "json-float"),
        ("2^53 + 1", replaced("\"copies\":3", "\"copies\":9007199254740993"), "json-integer-range"),
        ("minus 2^53", replaced("\"copies\":3", "\"copies\":-9007199254740992"), "json-integer-range"),
        (
            "a number of four hundred digits",
            replaced("\"copies\":3", &format!("\"copies\":{}", "9".repeat(400))),
            "json-integer-range",
        ),
        ("infinity", replaced("\"copies\":3", "\"copies\":Infinity"), "json-syntax"),
        ("the second half of a surrogate pair", replaced("Dear", "\\ude00"), "json-surrogate"),
        ("a surrogate pair the wrong way round", replaced("Dear", "\\ude00\\ud83d"), "json-surrogate"),
        ("a ninth level", replaced("\"copies\":3", "\"copies\":[[[[[[[3]]]]]]]"), "json-depth"),
        ("an escape that JSON does not know", replaced("Dear", "\\x44ear"), "json-escape"),
        ("a comment", replaced("\"copies\":3", "/**/\"copies\":3"), "json-syntax"),
        ("a comma at the end", replaced("\"texts\":\"6\"", "\"texts\":\"6\","), "json-syntax"),
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
    ]
}

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

/// Another log that the same key signs.
fn fork() -> Owner {
    let mut owner = Owner::new(1);
    owner.dummies(8);
    owner
}

/// The proof under the checkpoint that the log had, or a fork of it has, with so many leaves.
fn other_head(file: &mut Value, owner: &Owner, leaves: usize, table: bool) {
    let mut other = Owner::new(1);
    other.leaves.clone_from(&owner.leaves);
    other.leaves.truncate(leaves);
    let (tree, head) = other.head();
    let head = head.sign(&other.signer).expect("signs").to_text();
    let proof = file["proof"].as_str().expect("text");
    let (hashes, _) = proof.split_once("\n\n").expect("a checkpoint");
    file["proof"] = format!("{hashes}\n\n{head}").into();
    if table {
        let path = tree.inclusion(0).expect("inside");
        file["table"]["proof"] = path.iter().map(|hash| base64(hash)).collect::<Vec<_>>().into();
    }
}

/// The same bytes in base64 that no encoder writes: bits behind the last byte.
fn stray_bits(value: &mut Value) {
    let text = value.as_str().expect("base64");
    let last = text.as_bytes()[text.len() - 2];
    *value = format!("{}{}=", &text[..text.len() - 2], char::from(last + 1)).into();
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
