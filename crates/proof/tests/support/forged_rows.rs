//! Bundles with a row, honest and forged, with the reason for which the forged ones must be refused.
#![allow(dead_code, missing_docs, unreachable_pub)] // every test file uses its own share of this

use countermark_proof::hash::hash;
use countermark_proof::*;
use serde_json::{Value, json};

use crate::support::rows::*;
use crate::support::*;

/// A case: what it is about, the file, the expected reason.
pub type Case = (&'static str, Vec<u8>, &'static str);

/// The honest bundle that the forgeries start from: all parts, the fourth copy with its name.
pub fn named(letter: &Letter) -> Bundle {
    let published = letter.text_of(4);
    let name = letter.name(4, &published, &[1, 3]);
    letter.row(&letter.all(), &RowOpening { copy: 4, look: look(), published: &published, name: Some(name) })
}

fn unnamed(letter: &Letter, open: &[usize], copy: u32, published: &str) -> Bundle {
    letter.row(open, &RowOpening { copy, look: look(), published, name: None })
}

pub fn honest_rows() -> Vec<Case> {
    let letter = Letter::new();
    let text = letter.text_of(4);
    let retyped = text.to_uppercase().replace('\'', "\u{2019}").replace(", ", " \u{2014} ");
    let quoted = format!("The paper has this: \u{201c}{}\u{201d}. It goes on.", &text[40..]);
    let slips = text.replacen("great care", "much care", 1);
    let mut elsewhere = unnamed(&letter, &letter.all(), 4, &text);
    elsewhere.capture.as_mut().expect("a capture").sha256 = [0xCA; 32];
    let most: Vec<usize> = letter.all().into_iter().filter(|part| *part != 6).collect();
    let cases = [
        ("a row of all parts", unnamed(&letter, &letter.all(), 4, &text)),
        ("a row with a name under approvers 1 and 3", named(&letter)),
        ("a row of the office's own copy", unnamed(&letter, &letter.all(), 10, &letter.text_of(10))),
        ("a row, the text in capitals with other marks", unnamed(&letter, &letter.all(), 4, &retyped)),
        ("a row, the text quoted in an article", unnamed(&letter, &letter.all(), 4, &quoted)),
        ("a row, one wording changed", unnamed(&letter, &letter.all(), 4, &slips)),
        ("a row, the capture is not the text", elsewhere),
        ("a row of a letter with long parts and many wordings", long_letter()),
        ("a row with a part without sites closed", unnamed(&letter, &most, 4, &text)),
    ];
    cases.into_iter().map(|(about, bundle)| (about, bundle.to_bytes(), "valid")).collect()
}

/// Sites of two to seven alternatives, a part of more than 40 words, one of ten, and a capture before the sealing.
fn long_letter() -> Bundle {
    let pick = |q: usize, word: &str| {
        let wordings: Vec<String> =
            (0..q).map(|n| format!("{word} {}", ["one", "two", "three", "four", "five", "six", "seven"][n])).collect();
        format!("{{{}}}", wordings.join("|"))
    };
    let long: Vec<String> = (0..9)
        .map(|n| format!("the envoys asked {n} times {} whether they came,", pick(2 + n % 6, "number")))
        .collect();
    let source = format!(
        "{} and left. It rained {} and then no more. That is all there is to tell you today, my friend.",
        long.join(" "),
        pick(7, "day")
    );
    let letter = Letter::of(&source, 3, 1);
    let text = letter.text_of(2).replacen("number one", "number two", 1);
    let mut bundle = unnamed(&letter, &letter.all(), 2, &text);
    bundle.capture.as_mut().expect("a capture").at = 1_700_000_000;
    bundle
}

pub fn forged_rows() -> Vec<Case> {
    let letter = Letter::new();
    let mut cases = below_the_line(&letter);
    cases.extend(sealed_wrong());
    let honest = open_file(&named(&letter).to_bytes());
    for (about, forge, expected) in changes() {
        let mut file = honest.clone();
        forge(&mut file);
        cases.push((about, close_file(file), expected));
    }
    cases
}

/// What is shown is what was sealed, and too little for a name.
fn below_the_line(letter: &Letter) -> Vec<Case> {
    let text = letter.text_of(4);
    let all = letter.all();
    let row =
        |copy, look, published: &str| letter.row(&all, &RowOpening { copy, look, published, name: None }).to_bytes();
    let chosen = chosen_parts(letter, &text);
    vec![
        ("another copy's row", row(5, look(), &text), "row-below-line"),
        ("a text that shows nothing", row(4, look(), "Nothing of it."), "row-below-line"),
        ("no text", row(4, look(), ""), "row-below-line"),
        ("a third of the text", row(4, look(), &text[..text.len() / 3]), "row-below-line"),
        ("many looks", row(4, Look { k: 4_000_000_000, messages: 1 }, &text), "row-below-line"),
        ("many messages", row(4, Look { k: 4_000, messages: 4_000_000_000 }, &text), "row-below-line"),
        ("parts chosen after seeing rows", unnamed(letter, &chosen, 4, &text).to_bytes(), "row-below-line"),
    ]
}

/// Open parts whose sites would be enough if nobody had chosen them: found with a letter like this one, sealed under a
/// bound that bears the choice.
fn chosen_parts(letter: &Letter, text: &str) -> Vec<usize> {
    let lenient = Letter::changed(LETTER, 9, 1, |sealing| sealing.text.settings.epsilon = 10_000_000_000_000);
    // n k (k + 1) N / (N - n + 1) / epsilon, N being large: 10 * 2 * 10^4, and no copies beyond.
    let enough = 200_001_u128;
    for mask in 1..1u32 << letter.all().len() {
        let open: Vec<usize> = letter.all().into_iter().filter(|part| mask >> (part - 1) & 1 == 1).collect();
        let report = check(&lenient.owner, &unnamed(&lenient, &open, 4, text).to_bytes());
        let of = report.row.and_then(|row| row.of.parse().ok()).unwrap_or(0_u128);
        let refused = !check(&letter.owner, &unnamed(letter, &open, 4, text).to_bytes()).valid;
        if of >= enough && refused {
            return open;
        }
    }
    panic!("no choice of parts makes the difference");
}

/// What an owner sealed that no row can be shown of.
fn sealed_wrong() -> Vec<Case> {
    let show = |change: fn(&mut Sealing)| {
        let letter = Letter::changed(LETTER, 9, 1, change);
        // His own program would not open it: he writes the file by hand, from an honest one of the same form.
        let text = letter.text_of(4);
        let row = RowOpening { copy: 4, look: look(), published: &text, name: None };
        letter.row(&letter.all(), &row).to_bytes()
    };
    vec![
        ("a text that is no rendering of its source", show(|s| s.text.parts[3].text.push_str("And more. ")), "row"),
        (
            "a field filled in the text",
            show(|s| s.text.parts[0].text = s.text.parts[0].text.replace("[salutation]", "Ines")),
            "row",
        ),
        ("more texts than the sites allow", show(|s| s.text.settings.texts.push('0')), "row"),
        ("fewer texts than copies", show(|s| s.text.settings.texts = "8".into()), "row"),
        ("rules of another version", show(|s| s.text.settings.rules.version = 2), "row"),
        ("another eta", show(|s| s.text.settings.rules.eta_thousandths = 51), "row"),
        ("a coalition of two", show(|s| s.text.settings.rules.coalition = 2), "row"),
        ("one tie, two numbers", show(two_numbers), "row"),
        ("one number, two sites", show(one_number), "row"),
        ("more alternatives than are looked at", many_alternatives(), "row-limits"),
        ("a source that leads to too many places", many_places(), "row-limits"),
        ("sources with too much to try", many_trials(), "row-limits"),
        ("one place for forty sites", forty_sites(), "row-below-line"),
    ]
}

/// The second part of the tied site is sealed under a number of its own.
fn two_numbers(sealing: &mut Sealing) {
    let tied = sealing.sites.iter().position(|site| site.tie.is_some()).expect("a tie");
    let own = sealing.sites.len();
    sealing.sites.push(sealing.sites[tied]);
    sealing.copies.iter_mut().for_each(|copy| copy.codeword.push(copy.codeword[tied]));
    let last = sealing.part_sites.iter_mut().rfind(|sites| sites.contains(&tied)).expect("two parts");
    last.iter_mut().filter(|site| **site == tied).for_each(|site| *site = own);
}

/// The last part's first site is sealed under the number of the first part's.
fn one_number(sealing: &mut Sealing) {
    let first = sealing.part_sites.iter().find(|sites| !sites.is_empty()).expect("sites")[0];
    let last = sealing.part_sites.iter_mut().rfind(|sites| !sites.is_empty()).expect("sites");
    last[0] = first;
}

/// 133 sites of 64 alternatives, 8,512 in all.
fn many_alternatives() -> Vec<u8> {
    let site = format!("{{{}}}", (0..64).map(|a| format!("{a}")).collect::<Vec<_>>().join("|"));
    plain_row(&site.repeat(133))
}

/// Twenty sites whose alternatives have every length to 63, and one of four lengths that are that many apart.
fn many_places() -> Vec<u8> {
    let site = |lengths: Vec<usize>| {
        format!("{{{}}}", lengths.into_iter().map(|length| "a".repeat(length)).collect::<Vec<_>>().join("|"))
    };
    plain_row(&(site((0..64).collect()).repeat(20) + &site((0..4).map(|n| 1_261 * n).collect())))
}

/// Sites that all lead to the same few places, with more alternatives than are tried at each.
fn many_trials() -> Vec<u8> {
    let lengths = |lengths: Vec<usize>| {
        format!("{{{}}}", lengths.into_iter().map(|length| "a".repeat(length)).collect::<Vec<_>>().join("|"))
    };
    let wide = (0..60).map(|_| lengths((0..64).collect())).take(24).collect::<String>();
    plain_row(&(wide + &(0..60).map(|n| format!("{{b{n}|{}}}", "c".repeat(1 + n % 2))).collect::<String>()))
}

/// The same sentence forty times, one wording of which is quoted once: that is one place, and not forty.
fn forty_sites() -> Vec<u8> {
    let source: String = (0..40).map(|n| format!("We met {{early|late}} in May. That was number {n}. ")).collect();
    let letter = Letter::of(&source, 1, 0);
    let published =
        format!("We met {} in May.", if letter.sealing.copies[0].codeword[0] == 0 { "early" } else { "late" });
    unnamed(&letter, &letter.all(), 1, &published).to_bytes()
}

/// A row of a message of one part, whose source the desk would not have taken for a master.
fn plain_row(source: &str) -> Vec<u8> {
    let sites: Vec<u8> = source.split('{').skip(1).map(|site| 1 + site.matches('|').count() as u8).collect();
    let longest: usize = source.split('{').skip(1).filter_map(|site| site.split(['|', '}']).map(str::len).max()).sum();
    let mut letter = Letter::changed("x {a|b} y.", 1, 0, |sealing| {
        sealing.sites = sites.iter().map(|q| SealedSite { alternatives: *q, tie: None }).collect();
        sealing.part_sites = vec![(0..sites.len()).collect()];
        sealing.copies[0].codeword = sites.iter().map(|q| q - 1).collect();
        sealing.text.parts =
            vec![PartText { class: LengthClass::Over40, text: "a".repeat(longest), source: source.to_owned() }];
    });
    letter.owner.dummies(1);
    letter.row(&[1], &RowOpening { copy: 1, look: look(), published: "", name: None }).to_bytes()
}

type Change = fn(&mut Value);

/// One change each to the file with a name.
fn changes() -> Vec<(&'static str, Change, &'static str)> {
    let mut changes = changed_parts();
    changes.extend(changed_names());
    changes
}

fn changed_parts() -> Vec<(&'static str, Change, &'static str)> {
    vec![
        ("another number of the copy", |b| b["row"]["copy"] = 5.into(), "commitment"),
        ("copy 0", |b| b["row"]["copy"] = 0.into(), "field"),
        ("a copy beyond the last", |b| b["row"]["copy"] = 11.into(), "commitment"),
        ("look 0", |b| b["row"]["look"]["k"] = 0.into(), "field"),
        ("no messages", |b| b["row"]["look"]["messages"] = 0.into(), "field"),
        ("a row without parts", |b| b["row"]["parts"] = json!([]), "row"),
        ("a row with a part left out", |b| drop(list(&mut b["row"]["parts"]).remove(2)), "row"),
        ("a row with a part twice", |b| twice(&mut b["row"]["parts"]), "row"),
        ("a row with parts in another order", |b| list(&mut b["row"]["parts"]).swap(1, 2), "row"),
        ("a row of a closed part", |b| close_part(b, 3), "row"),
        ("a symbol", |b| flip(&mut b["row"]["parts"][0]["symbols"][0]), "commitment"),
        ("a symbol beyond its site's alternatives", |b| b["row"]["parts"][0]["symbols"][0] = 5.into(), "commitment"),
        ("a symbol beyond all alternatives", |b| b["row"]["parts"][0]["symbols"][0] = 64.into(), "field"),
        ("a symbol too many", |b| list(&mut b["row"]["parts"][0]["symbols"]).push(0.into()), "row"),
        ("a site too many", |b| list(&mut b["row"]["parts"][0]["sites"]).push(9.into()), "row"),
        ("a site's number", |b| b["row"]["parts"][0]["sites"][0] = 77.into(), "commitment"),
        ("a site's number beyond the limit", |b| b["row"]["parts"][0]["sites"][0] = 4096.into(), "field"),
        ("a source that does not read", |b| b["row"]["parts"][0]["source"] = "{a".into(), "row"),
        (
            "a source with an alternative more",
            |b| swap_in(&mut b["row"]["parts"][0]["source"], "|", "|x|"),
            "commitment",
        ),
        (
            "a source with another wording",
            |b| swap_in(&mut b["row"]["parts"][0]["source"], "letter", "letters"),
            "commitment",
        ),
        ("the salt of a source", |b| b["row"]["parts"][0]["source_salt"] = base64(&[0; 32]).into(), "commitment"),
        ("the salt of symbols", |b| b["row"]["parts"][0]["symbols_salt"] = base64(&[0; 32]).into(), "commitment"),
        ("the salt of sites", |b| b["row"]["parts"][0]["sites_salt"] = base64(&[0; 32]).into(), "commitment"),
        ("a row without a capture", |b| drop(b.as_object_mut().expect("an object").remove("capture")), "field"),
        ("an unknown field in a row", |b| b["row"]["score"] = 1.into(), "unknown-field"),
        ("an unknown field in a row's part", |b| b["row"]["parts"][0]["x"] = 1.into(), "unknown-field"),
        ("a row's text beyond its limit", |b| b["row"]["published"] = "a".repeat(131_073).into(), "field"),
    ]
}

fn changed_names() -> Vec<(&'static str, Change, &'static str)> {
    vec![
        ("another name", |b| b["row"]["name"]["recipient"] = "Envoy 5 of Ostrava".into(), "commitment"),
        ("no name", |b| b["row"]["name"]["recipient"] = "".into(), "field"),
        ("the salt of a name", |b| b["row"]["name"]["salt"] = base64(&[0; 32]).into(), "commitment"),
        ("an approver's key replaced", |b| b["row"]["name"]["keys"][0] = base64(&[1; 32]).into(), "commitment"),
        ("an approver's key left out", |b| drop(list(&mut b["row"]["name"]["keys"]).pop()), "commitment"),
        ("approvers in another order", |b| list(&mut b["row"]["name"]["keys"]).swap(0, 1), "commitment"),
        ("one approver alone", |b| drop(list(&mut b["row"]["name"]["approvals"]).pop()), "name"),
        ("no approver", |b| list(&mut b["row"]["name"]["approvals"]).clear(), "name"),
        ("one approver twice", |b| b["row"]["name"]["approvals"][1] = b["row"]["name"]["approvals"][0].clone(), "name"),
        ("one approver under two numbers", two_faces, "name"),
        ("approvals in another order", |b| list(&mut b["row"]["name"]["approvals"]).swap(0, 1), "name"),
        ("an approver whom there is not", |b| b["row"]["name"]["approvals"][1]["approver"] = 4.into(), "name"),
        ("approver 0", |b| b["row"]["name"]["approvals"][0]["approver"] = 0.into(), "name"),
        ("approver 256", |b| b["row"]["name"]["approvals"][0]["approver"] = 256.into(), "field"),
        ("a signature of nothing", |b| b["row"]["name"]["approvals"][0]["signature"] = base64(&[0; 64]).into(), "name"),
        (
            "a signature one byte short",
            |b| b["row"]["name"]["approvals"][0]["signature"] = base64(&[0; 63]).into(),
            "field",
        ),
        ("another statement", |b| b["row"]["name"]["statement"] = "He leaks.".into(), "name"),
        ("another reason", |b| b["row"]["name"]["reason"] = "revenge".into(), "name"),
        ("no reason", |b| b["row"]["name"]["reason"] = "".into(), "field"),
        ("another case", |b| b["row"]["name"]["case"] = "00".repeat(16).into(), "name"),
        ("another capture", |b| b["capture"]["sha256"] = "00".repeat(32).into(), "name"),
        ("a named row with another text", |b| swap_in(&mut b["row"]["published"], "press", "Press"), "name"),
    ]
}

/// The first approver's signature under the second one's number.
fn two_faces(bundle: &mut Value) {
    let approvals = &mut bundle["row"]["name"]["approvals"];
    approvals[1]["signature"] = approvals[0]["signature"].clone();
}

fn list(value: &mut Value) -> &mut Vec<Value> {
    value.as_array_mut().expect("a list")
}

fn twice(value: &mut Value) {
    let first = list(value)[0].clone();
    list(value).insert(0, first);
}

fn flip(value: &mut Value) {
    *value = (1 - value.as_u64().expect("a symbol").min(1)).into();
}

/// Closes a part as whoever holds the bundle can, and leaves it in the row.
fn close_part(bundle: &mut Value, part: usize) {
    let shown = &bundle["parts"][part - 1];
    let decoded = |field: &str| {
        use ::base64::Engine as _;
        ::base64::engine::general_purpose::STANDARD.decode(shown[field].as_str().expect("text")).expect("base64")
    };
    let hidden = hash("countermark/content/1", &[&decoded("salt"), shown["text"].as_str().expect("text").as_bytes()]);
    bundle["parts"][part - 1] = json!({"class": shown["class"], "hidden": base64(&hidden)});
}

fn swap_in(value: &mut Value, from: &str, to: &str) {
    let text = value.as_str().expect("text");
    assert!(text.contains(from), "{from}");
    *value = text.replacen(from, to, 1).into();
}
