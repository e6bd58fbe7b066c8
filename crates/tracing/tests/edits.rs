//! Letters of the project, edited at random: a sentence that stands nowhere in the post is told.
//!
//! `COUNTERMARK_EDITS` is the number of posts; without it a few hundred.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::ops::Range;

use common::Chance;
use countermark_marking::Master;
use countermark_tracing::{Change, Leak, Passage, Tracer, compare};

/// Shorter sentences stand in many texts.
const FEW: usize = 4;

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

/// Sentences of the letter that stand nowhere in the post, within what the passages span, and that no change touches: before the first and
/// behind the last one stands what was cut off.
fn untold(sent: &str, post: &str, changes: &[Change], passages: &[Passage]) -> Vec<String> {
    let said = words(post);
    let spans = || passages.iter().map(|passage| &passage.sent);
    let Some((from, to)) = spans().map(|s| s.start).min().zip(spans().map(|s| s.end).max()) else { return Vec::new() };
    let missing = |(number, at): &(usize, Range<usize>)| {
        let wanted = words(&sent[at.clone()]);
        wanted.len() >= FEW
            && !said.windows(wanted.len()).any(|here| here == wanted)
            && (from <= at.start && at.end <= to)
            && !changes.iter().any(|change| change.parts.contains(&(number + 1)))
    };
    for (quote, text) in changes.iter().flat_map(|change| [(&change.sent, sent), (&change.published, post)]) {
        assert!(quote.iter().all(|quote| text.get(quote.span.clone()) == Some(quote.text.as_str())));
    }
    let parts = countermark_text::parts(sent).into_iter().enumerate();
    parts.filter(missing).map(|(_, at)| sent[at].to_owned()).collect()
}

#[test]
fn what_is_missing_is_told() {
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
        let compared = compare(sent, &post);
        let mut silent = untold(sent, &post, &compared.changes, &compared.passages);
        if let Some(trace) = tracer.trace(&Leak::new(&post)) {
            silent.extend(untold(tracer.sent(), &post, &trace.changes, &trace.passages));
        }
        if !silent.is_empty() {
            wrong.push(format!("{number}, letter {}:\n{}\n--- {post}\n", at + 1, silent.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{} of {posts}:\n{}", wrong.len(), wrong[..wrong.len().min(12)].join("\n"));
}
