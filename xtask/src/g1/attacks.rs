//! What people might publish to have somebody named of whose copy they know nothing.

use super::scene::{LOOKS, Reading, Scene};

/// A way of making texts; it publishes as it goes and hears who is named.
#[derive(Clone, Copy)]
pub(crate) struct Attack {
    pub(crate) name: &'static str,
    pub(crate) run: fn(&mut Scene<'_>),
}

macro_rules! attacks {
    ($($(#[$doc:meta])* $name:ident, $run:expr, $text:literal;)*) => {
        $($(#[$doc])* pub(crate) const $name: Attack = Attack { name: $text, run: $run };)*
    };
}

attacks! {
    UNTOUCHED, untouched, "one copy, untouched";
    ALTERED, altered, "random alteration, 30 texts";
    CUTS, cuts, "one cut";
    MANY_CUTS, many_cuts, "100 different cuts of one copy";
    KNOWING, knowing, "knowing edits, site by site until unnamed";
    MAJORITY, |s| coalition(s, majority), "coalition of 2 to 5, majority";
    MINORITY, |s| coalition(s, minority), "coalition of 2 to 5, minority";
    INTERLEAVED, |s| coalition(s, interleaved), "coalition of 2 to 5, interleaved";
    ALL_DIFFERENT, |s| coalition(s, all_different), "coalition of 2 to 5, unlike any of theirs";
    GROWING, growing, "coalition that grows while nobody is named";
    REPOSTS, reposts, "reposts, and each slightly changed";
    QUOTED_TWICE, quoted_twice, "same passage twice, from two copies";
    GUESSES, guesses, "100 guesses of the whole";
    SHARP, sharp, "100 guesses as short as can name";
    SHARP_ONCE, sharp_once, "one guess as short as can name";
    BLENDED, blended, "100 guesses with unclear sites filling up";
    CHAFF, chaff, "30 guesses, then a real leak";
    DISCLOSED, disclosed, "half of all rows disclosed, then guesses";
    DISCLOSED_AGAIN, disclosed_again, "rows disclosed site by site between guesses";
    TIED, tied, "tied sites shown in contradiction";
    UNCLEAR, unclear, "unclear readings of one copy, 20 texts";
    UNCLEAR_GUESSES, unclear_guesses, "unclear readings of nothing, 30 texts";
    CLIMB, climb, "climb: keep each change that raises the score, where one is shown";
    HUNT, hunt, "hunt: keep what was named, change the rest";
    UNMARKED, unmarked, "the author's unmarked text, and its cuts";
}

fn untouched(scene: &mut Scene<'_>) {
    let row = scene.take();
    scene.publish(&scene.text(&row, |_| true));
}

fn altered(scene: &mut Scene<'_>) {
    let row = scene.take();
    for share in 0..30 {
        let text = alter(scene, &row, 2 * share);
        scene.publish(&scene.text(&text, |_| true));
    }
}

fn cuts(scene: &mut Scene<'_>) {
    let row = scene.take();
    cut(scene, &row);
}

fn many_cuts(scene: &mut Scene<'_>) {
    let row = scene.take();
    for _ in 0..LOOKS {
        cut(scene, &row);
    }
}

fn knowing(scene: &mut Scene<'_>) {
    let mut row = scene.take();
    for site in scene.shuffled() {
        if scene.publish(&scene.text(&row, |_| true)).is_empty() && site % 3 == 0 {
            return;
        }
        let q = scene.alternatives()[site];
        row[site] = (row[site] + 1) % q;
    }
}

/// Two to five copies mixed site by site, whole and then in cuts.
fn coalition(scene: &mut Scene<'_>, mix: fn(&mut Scene<'_>, &[Vec<u8>], usize) -> u8) {
    let many = 2 + scene.below(4);
    let rows = scene.take_many(many);
    let text: Vec<u8> = (0..scene.sites()).map(|site| mix(scene, &rows, site)).collect();
    scene.publish(&scene.text(&text, |_| true));
    for _ in 0..10 {
        cut(scene, &text);
    }
}

fn growing(scene: &mut Scene<'_>) {
    let mut rows = scene.take_many(1);
    for _ in 0..4 {
        for mix in [minority, all_different, interleaved] {
            let text: Vec<u8> = (0..scene.sites()).map(|site| mix(scene, &rows, site)).collect();
            scene.publish(&scene.text(&text, |_| true));
        }
        let all = rows.len();
        rows.extend(scene.take_many(1));
        if rows.len() == all {
            return;
        }
    }
}

fn reposts(scene: &mut Scene<'_>) {
    let row = scene.take();
    for _ in 0..40 {
        let text = alter(scene, &row, 3);
        let dropped = scene.below(scene.sites());
        let text = scene.text(&text, |site| site != dropped);
        scene.publish(&text);
        scene.publish(&text);
    }
}

fn quoted_twice(scene: &mut Scene<'_>) {
    let rows = scene.take_many(2);
    let other = rows.last().cloned().unwrap_or_default();
    for _ in 0..20 {
        let (one, two) = (window(scene), window(scene));
        let first = scene.text(&rows[0], |site| one.contains(&site));
        let second = scene.text(&other, |site| two.contains(&site));
        scene.publish_sightings(&[&first, &second]);
        scene.publish_sightings(&[&first, &second, &first]);
    }
}

fn guesses(scene: &mut Scene<'_>) {
    for _ in 0..LOOKS {
        let row = scene.guess();
        scene.publish(&scene.text(&row, |_| true));
    }
}

/// The strongest thing known against the bound: at each look show as little as can name at all, so that
/// each guess is as likely to hit as the rules allow.
fn sharp(scene: &mut Scene<'_>) {
    for _ in 0..4 * LOOKS {
        if scene.looks() >= LOOKS {
            return;
        }
        let text = sharp_text(scene, &[]);
        scene.publish(&text);
    }
}

fn sharp_once(scene: &mut Scene<'_>) {
    for _ in 0..20 {
        if scene.looks() > 0 {
            return;
        }
        let text = sharp_text(scene, &[]);
        scene.publish(&text);
    }
}

/// Sites whose reading leaves all but one alternative open fill what whole sites leave of the budget.
fn blended(scene: &mut Scene<'_>) {
    for _ in 0..4 * LOOKS {
        if scene.looks() >= LOOKS {
            return;
        }
        let mut text = sharp_text(scene, &[]);
        let dropped = scene.below(text.len());
        text[dropped].clear();
        for (site, reading) in text.iter_mut().enumerate() {
            let q = usize::from(scene.alternatives()[site]);
            if reading.is_empty() && scene.percent(30) {
                *reading = vec![1; q];
                reading[scene.below(q)] = 0;
            }
        }
        scene.publish(&text);
    }
}

fn chaff(scene: &mut Scene<'_>) {
    for _ in 0..30 {
        let text = sharp_text(scene, &[]);
        scene.publish(&text);
    }
    let row = scene.take();
    scene.publish(&scene.text(&row, |_| true));
    cut(scene, &row);
}

/// One copy is leaked and named; then every row becomes public at half of the sites. The attacker, who
/// now knows half of everybody's codeword, goes after the others.
fn disclosed(scene: &mut Scene<'_>) {
    let row = scene.take();
    scene.publish(&scene.text(&row, |_| true));
    let half: Vec<usize> = scene.shuffled().split_off(scene.sites() / 2);
    let rows = scene.disclose(&half);
    for _ in 0..LOOKS / 2 {
        let victim = scene.below(rows.len());
        let mut text = sharp_text(scene, &half);
        for site in &half {
            text[*site] = scene.shown(*site, rows[victim][*site]);
        }
        scene.publish(&text);
    }
}

fn disclosed_again(scene: &mut Scene<'_>) {
    let mut known: Vec<usize> = Vec::new();
    for site in scene.shuffled().into_iter().take(scene.sites() / 2) {
        for _ in 0..3 {
            let text = sharp_text(scene, &known);
            scene.publish(&text);
        }
        known.push(site);
        let rows = scene.disclose(&known);
        // The same text again: its undisclosed sites are another observation now.
        let victim = rows[scene.below(rows.len())].clone();
        let guess = scene.guess();
        let mixed: Vec<u8> = (0..guess.len()).map(|s| if known.contains(&s) { victim[s] } else { guess[s] }).collect();
        scene.publish(&scene.text(&mixed, |_| true));
    }
}

fn tied(scene: &mut Scene<'_>) {
    let row = scene.take();
    let plain = scene.text(&row, |_| true);
    for share in 1..10 {
        let other = alter(scene, &row, 10 * share);
        let other = scene.text(&other, |_| true);
        scene.publish_sightings(&[&plain, &other]);
        scene.publish_sightings(&[&plain, &other, &other]);
    }
    for _ in 0..20 {
        // Shown often and always alike, a site must be worth no more than once.
        let text = sharp_text(scene, &[]);
        scene.publish_sightings(&[&text, &text, &text]);
    }
}

fn unclear(scene: &mut Scene<'_>) {
    let row = scene.take();
    for _ in 0..20 {
        let text = blurred(scene, &row);
        scene.publish(&text);
    }
}

fn unclear_guesses(scene: &mut Scene<'_>) {
    for _ in 0..30 {
        let row = scene.guess();
        let text = blurred(scene, &row);
        scene.publish(&text);
    }
}

/// Learns from every answer: sites whose change unnames the own copy are put back, the rest is guessed.
fn hunt(scene: &mut Scene<'_>) {
    let own = scene.take();
    let mut text = own.clone();
    for _ in 0..LOOKS {
        let guess = scene.guess();
        let kept = window(scene);
        let mut next = text.clone();
        for site in 0..next.len() {
            if !kept.contains(&site) {
                next[site] = guess[site];
            }
        }
        let named = scene.publish(&scene.text(&next, |_| true));
        text = if named.is_empty() { next } else { own.clone() };
        let sharp = sharp_text(scene, &[]);
        scene.publish(&sharp);
    }
}

/// With a score to watch, a codeword is read off site by site; without one this is guessing.
fn climb(scene: &mut Scene<'_>) {
    let mut row = scene.guess();
    for site in 0..row.len() {
        let mut best = (None, row[site]);
        for symbol in 0..scene.alternatives()[site] {
            row[site] = symbol;
            let text = scene.text(&row, |_| true);
            scene.publish(&text);
            best = best.max((scene.shown_score(&text), symbol));
        }
        row[site] = best.1;
    }
    scene.publish(&scene.text(&row, |_| true));
}

fn unmarked(scene: &mut Scene<'_>) {
    let first = vec![0; scene.sites()];
    scene.publish(&scene.text(&first, |_| true));
    for _ in 0..20 {
        cut(scene, &first);
    }
}

/// Publishes a random run of sites of a codeword.
fn cut(scene: &mut Scene<'_>, row: &[u8]) {
    let kept = window(scene);
    scene.publish(&scene.text(row, |site| kept.contains(&site)));
}

/// A run of sites with at least a quarter of them.
fn window(scene: &mut Scene<'_>) -> std::ops::Range<usize> {
    let sites = scene.sites();
    let length = sites / 4 + scene.below(sites - sites / 4 + 1);
    let start = scene.below(sites - length + 1);
    start..start + length
}

/// A codeword with each symbol guessed anew at the given chance in 100.
fn alter(scene: &mut Scene<'_>, row: &[u8], chance: usize) -> Vec<u8> {
    let guess = scene.guess();
    row.iter().zip(guess).map(|(&own, other)| if scene.percent(chance) { other } else { own }).collect()
}

/// A guess at as few sites as the next look can name on, out of several choices the one that overshoots
/// least; the sites in `avoid` are left out.
fn sharp_text(scene: &mut Scene<'_>, avoid: &[usize]) -> Vec<Reading> {
    let asked = scene.bits_asked() + 1e-3;
    let mut choice = (f64::INFINITY, Vec::new());
    for _ in 0..6 {
        let (mut bits, mut sites) = (0.0, Vec::new());
        for site in scene.shuffled() {
            if bits >= asked || avoid.contains(&site) {
                continue;
            }
            bits += f64::from(scene.alternatives()[site]).log2();
            sites.push(site);
        }
        if bits < choice.0 {
            choice = (bits, sites);
        }
    }
    let row = scene.guess();
    scene.text(&row, |site| choice.1.contains(&site))
}

/// Each site of a codeword read with doubt: graded, between several, wrong, or not at all.
fn blurred(scene: &mut Scene<'_>, row: &[u8]) -> Vec<Reading> {
    (0..row.len())
        .map(|site| {
            let mut reading = scene.shown(site, row[site]);
            match scene.below(8) {
                0 => reading.clear(),
                1 | 2 => {
                    for v in &mut reading {
                        *v = 10 * *v + u16::try_from(scene.below(8)).unwrap_or(0);
                    }
                }
                3 => {
                    let other = scene.below(reading.len());
                    reading[other] = 1;
                }
                4 => {
                    for v in &mut reading {
                        *v = u16::try_from(scene.below(1000)).unwrap_or(0);
                    }
                }
                _ => {}
            }
            reading
        })
        .collect()
}

fn counts(scene: &Scene<'_>, rows: &[Vec<u8>], site: usize) -> Vec<usize> {
    let mut counts = vec![0; usize::from(scene.alternatives()[site])];
    for row in rows {
        counts[usize::from(row[site])] += 1;
    }
    counts
}

/// A symbol whose count `better` prefers, among those that the coalition has.
fn choose(counts: &[usize], better: fn(usize, usize) -> bool) -> u8 {
    let mut best = None;
    for (symbol, &count) in counts.iter().enumerate().filter(|(_, c)| **c > 0) {
        if best.is_none_or(|(_, most)| better(count, most)) {
            best = Some((symbol, count));
        }
    }
    best.map_or(0, |(symbol, _)| u8::try_from(symbol).unwrap_or(0))
}

fn majority(scene: &mut Scene<'_>, rows: &[Vec<u8>], site: usize) -> u8 {
    choose(&counts(scene, rows, site), |a, b| a > b)
}

fn minority(scene: &mut Scene<'_>, rows: &[Vec<u8>], site: usize) -> u8 {
    choose(&counts(scene, rows, site), |a, b| a < b)
}

fn interleaved(_: &mut Scene<'_>, rows: &[Vec<u8>], site: usize) -> u8 {
    rows[site % rows.len()][site]
}

/// A symbol that none of them has; where there is none, anybody's.
fn all_different(scene: &mut Scene<'_>, rows: &[Vec<u8>], site: usize) -> u8 {
    let counts = counts(scene, rows, site);
    let free: Vec<usize> = (0..counts.len()).filter(|s| counts[*s] == 0).collect();
    match free.as_slice() {
        [] => rows[scene.below(rows.len())][site],
        free => u8::try_from(free[scene.below(free.len())]).unwrap_or(0),
    }
}
