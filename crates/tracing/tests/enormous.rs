//! Leaks of many megabytes: slow only in proportion. In the dev profile a smaller size stands for them; `--release` takes 50 MB.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{Chance, codeword, copy, master, prose};
use countermark_marking::Master;
use countermark_tracing::{Finder, Leak, compare, trace};

const SIZE: usize = if cfg!(debug_assertions) { 1 << 20 } else { 50 << 20 };

fn fill(piece: &str, size: usize) -> String {
    piece.repeat(size / piece.len() + 1)
}

#[test]
fn enormous_leaks() {
    let mut chance = Chance::new(31);
    let text = prose(&mut chance, 300);
    let master = master(&mut chance, &text);
    let codeword = codeword(&mut chance, &master);
    let copied = copy(&master, &codeword);
    let foreign = prose(&mut chance, 20_000);
    let mut sentences: Vec<&str> = copied.split_inclusive('.').map(str::trim).collect();
    let mut shuffled = String::new();
    while shuffled.len() < SIZE / 16 {
        for i in (1..sentences.len()).rev() {
            sentences.swap(i, chance.below(i + 1));
        }
        shuffled.push_str(&sentences.join(" "));
        shuffled.push('\n');
    }
    let babble = Master::plain(&"ha ".repeat(300));
    let mut finder = Finder::new();
    finder.add(0, &master);
    finder.add(1, &babble);
    let cases: [(&str, String, bool); 7] = [
        ("foreign", fill(&foreign, SIZE), false),
        ("foreign around", format!("{}{copied} {}", fill(&foreign, SIZE / 2), fill(&foreign, SIZE / 2)), true),
        ("the copy again and again", fill(&format!("{copied}\n"), SIZE), true),
        ("a sentence of it again and again", fill(&format!("{} ", &copied[..copied.find('.').unwrap()]), SIZE), true),
        ("its sentences in every order, again and again", shuffled, true),
        ("one line without spaces", fill("aé0.", SIZE), false),
        ("one word again and again", fill("the ", SIZE), false),
    ];
    for (name, leak, ours) in &cases {
        let start = std::time::Instant::now();
        let leak = Leak::new(leak);
        let cut = start.elapsed();
        assert_eq!(finder.search(&leak).iter().any(|hit| hit.id == 0), *ours, "{name}");
        let searched = start.elapsed();
        let traced = trace(&master, &leak);
        assert_eq!(traced.is_some(), *ours, "{name}");
        println!("{name}: cut {cut:?}, searched {:?}, traced {:?}", searched - cut, start.elapsed() - searched);
        if let Some(trace) = traced {
            for (site, &symbol) in codeword.iter().enumerate() {
                assert!(trace.observations.get(site).is_none_or(|v| v[usize::from(symbol)] > 0), "{name}: site {site}");
            }
        }
    }
    // A message that is nothing but repetition, against the same: the worst there is, so less of it.
    let laughter = fill("ha ", SIZE / 50);
    let start = std::time::Instant::now();
    let leak = Leak::new(&laughter);
    assert_eq!(finder.search(&leak)[0].id, 1);
    let searched = start.elapsed();
    assert!(trace(&babble, &leak).is_some());
    println!("laughter: searched {searched:?}, traced {:?}", start.elapsed() - searched);
}

#[test]
fn long_texts_compared() {
    let mut chance = Chance::new(32);
    let text = prose(&mut chance, 5_000);
    let other = text.replace("council", "senate").replace("great ", "");
    let comparison = compare(&text, &other);
    assert!(comparison.changes.iter().all(|c| ["changed", "omitted"].contains(&c.kind.name())));
    assert_eq!(
        comparison.changes.iter().filter(|c| c.kind.name() == "changed").count(),
        text.matches("council").count(),
    );
}
