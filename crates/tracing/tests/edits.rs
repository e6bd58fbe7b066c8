//! Letters of the project, edited at random: what is said to be left out is nowhere in the post, and what is said to be put in is nowhere in
//! what was sent.
//!
//! `COUNTERMARK_EDITS` is the number of posts; without it a few hundred.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::Chance;
use countermark_marking::Master;
use countermark_tracing::{Change, ChangeKind, Leak, Tracer, compare};

/// So many words in a row make a passage: of two plain texts, and of a message.
const RUNS: [usize; 2] = [3, 8];

fn masters() -> Vec<Master> {
    let bench = concat!(env!("CARGO_MANIFEST_DIR"), "/../../bench/letters");
    let mut files: Vec<_> = std::fs::read_dir(bench).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "master"));
    files.sort();
    files.iter().map(|path| Master::parse(&std::fs::read_to_string(path).unwrap()).unwrap()).collect()
}

/// The sentences of a text.
fn sentences(text: &str) -> Vec<String> {
    countermark_text::parts(text)
        .into_iter()
        .map(|part| text[part].trim().to_owned())
        .filter(|s| !s.is_empty())
        .collect()
}

fn words(text: &str) -> Vec<String> {
    countermark_text::words(text).map(|word| word.canon.into_owned()).collect()
}

/// A post made of a letter's sentences.
fn edited(chance: &mut Chance, sent: &str, foreign: &[String]) -> String {
    let mut post = sentences(sent);
    for _ in 0..=chance.below(7) {
        if post.is_empty() {
            break;
        }
        let (at, to) = (chance.below(post.len()), chance.below(post.len()));
        match chance.below(9) {
            0 => drop(post.remove(at)),
            1 => {
                let one = post.remove(at);
                post.insert(to.min(post.len()), one);
            }
            2 => post.insert(to, post[at].clone()),
            3 => post.insert(at, chance.pick(foreign).clone()),
            4 => post[at] = chance.pick(foreign).clone(),
            5 => post.truncate(at + 1),
            6 => drop(post.drain(..at)),
            7 => post.rotate_left(at),
            _ => post[at] = reworded(chance, &post[at]),
        }
    }
    let space = *chance.pick(&[" ", "\n\n", "\u{201d} he says. \u{201c}", " [\u{2026}] "]);
    post.join(space)
}

/// A sentence with a few words left out, doubled, put in or in another place.
fn reworded(chance: &mut Chance, sentence: &str) -> String {
    let mut words: Vec<&str> = sentence.split_whitespace().collect();
    for _ in 0..=chance.below(3) {
        if words.is_empty() {
            break;
        }
        let (at, to) = (chance.below(words.len()), chance.below(words.len()));
        match chance.below(5) {
            0 => drop(words.remove(at)),
            1 => words.insert(at, "never"),
            2 => words.swap(at, to),
            3 => words.insert(to, words[at]),
            _ => words[at] = "harbour",
        }
    }
    words.join(" ")
}

/// What is told that is not so.
fn untrue(sent: &str, post: &str, changes: &[Change], run: usize) -> Vec<String> {
    let (sent_words, post_words) = (words(sent), words(post));
    let stands = |text: &str, whole: &[String]| {
        let wanted = words(text);
        wanted.len() >= run.max(4) && whole.windows(wanted.len()).any(|here| here == wanted)
    };
    let mut out = Vec::new();
    for change in changes {
        for (quote, text) in [(&change.sent, sent), (&change.published, post)] {
            if let Some(quote) = quote {
                assert_eq!(text.get(quote.span.clone()), Some(quote.text.as_str()));
            }
        }
        let (quote, whole) = match change.kind {
            ChangeKind::Omitted => (&change.sent, &post_words),
            ChangeKind::Added => (&change.published, &sent_words),
            _ => continue,
        };
        let told = quote.as_ref().map(|quote| sentences(&quote.text)).unwrap_or_default();
        out.extend(
            told.into_iter().filter(|one| stands(one, whole)).map(|one| format!("{}: {one}", change.kind.name())),
        );
    }
    out
}

/// A copy may have a word behind it that the others lack: the sentence stands there all the same.
#[test]
fn a_sentence_is_found_beside_what_copies_may_lack() {
    let source = "We can print the rest of your letter on Thursday, and we should be glad to do so. \
        Please {let me know|tell me} by {#2:tomorrow at|at} 3{#2:| tomorrow}.\n\nThe man at the door was not one of ours, and the key lies where it lay.";
    let tracer = Tracer::new(&Master::parse(source).unwrap());
    let post = "Please let me know by tomorrow at 3. Sir, the man at the door was not one of ours, and the key lies where it lay. \
        We can print the rest of your letter on Thursday, and we should be glad to do so.";
    let trace = tracer.trace(&Leak::new(post)).unwrap();
    assert_eq!(untrue(tracer.sent(), post, &trace.changes, RUNS[1]), [""; 0], "{:?}", trace.changes);
    // Without it the sentence is left out.
    let trace = tracer.trace(&Leak::new(&post[37..])).unwrap();
    assert!(trace.changes.iter().any(|c| c.kind == ChangeKind::Omitted), "{:?}", trace.changes);
}

#[test]
fn what_is_told_is_so() {
    let masters = masters();
    let letters: Vec<String> =
        masters.iter().map(|master| common::copy(master, &vec![0; master.sites().len()])).collect();
    let foreign: Vec<String> = letters.iter().skip(30).flat_map(|letter| sentences(letter)).collect();
    let posts = std::env::var("COUNTERMARK_EDITS").ok().and_then(|n| n.parse().ok()).unwrap_or(300);
    let mut chance = Chance::new(41);
    let mut wrong = Vec::new();
    for number in 0..posts {
        let at = chance.below(30);
        let (sent, tracer) = (&letters[at], Tracer::new(&masters[at]));
        let post = edited(&mut chance, sent, &foreign);
        let mut told = untrue(sent, &post, &compare(sent, &post).changes, RUNS[0]);
        if let Some(trace) = tracer.trace(&Leak::new(&post)) {
            told.extend(untrue(tracer.sent(), &post, &trace.changes, RUNS[1]));
        }
        if !told.is_empty() {
            wrong.push(format!("{number}, letter {}:\n{}\n--- {post}\n", at + 1, told.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{} of {posts}:\n{}", wrong.len(), wrong[..wrong.len().min(12)].join("\n"));
}
