//! Masters, codewords and what may happen to a copy on its way to the public.

#![allow(dead_code, reason = "every test file uses its part of this")]
#![allow(clippy::unwrap_used, reason = "test helpers")]

use countermark_marking::Master;
use countermark_tracing::{Leak, Trace, trace};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

/// A seeded source of chance.
pub struct Chance(ChaCha20Rng);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(ChaCha20Rng::seed_from_u64(seed))
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.0.next_u64() % n.max(1) as u64) as usize
    }

    pub fn happens(&mut self, share: f64) -> bool {
        (self.0.next_u32() as f64) < share * f64::from(u32::MAX)
    }

    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

const WORDS: &str = "the of and to in that is was he for it with as his on be at by had not are but from or have they \
    which one you were her all there would their we him been has when who will more no if out so said what up its about \
    into than them can only other new some could time these two may then do first any my now such like our over man me \
    even most made after also did many before must through back years where much your way well down should because each \
    just those people how too little state good very make world still own see men work long get here between both life \
    being under never day same another know while last might us great old year off come since against go came right used \
    take three treaty harbour council minister letter border delegation agreement proposal ambassador government \
    settlement question position matter committee conference island republic federation president secretary document \
    discussion assurance withdrawal inspection sovereignty neighbouring commission declaration understanding reply \
    Monday Tuesday Wednesday Thursday spring autumn river mountain railway telegram message frontier province";

/// A text of `words` words in sentences and paragraphs.
pub fn prose(chance: &mut Chance, words: usize) -> String {
    let list: Vec<&str> = WORDS.split_whitespace().collect();
    let mut out = String::new();
    let mut in_sentence = 0;
    for i in 0..words {
        let word = chance.pick(&list);
        if in_sentence == 0 {
            let mut letters = word.chars();
            out.extend(letters.next().map(|c| c.to_ascii_uppercase()));
            out.push_str(letters.as_str());
        } else {
            out.push_str(word);
        }
        in_sentence += 1;
        if i + 1 == words || (in_sentence > 6 && chance.happens(0.12)) {
            out.push('.');
            in_sentence = 0;
            if i + 1 < words {
                out.push_str(if chance.happens(0.2) { "\n\n" } else { " " });
            }
        } else {
            out.push_str(if chance.happens(0.07) { ", " } else { " " });
        }
    }
    out
}

/// Pairs (and more) that a writer might accept; the first is what stands in the text.
const RULES: &[&[&str]] = &[
    &["however", "yet"],
    &["about", "regarding", "concerning"],
    &["also", "too"],
    &["before", "ahead of"],
    &["because", "since"],
    &["many", "a great many"],
    &["must", "has to", "is bound to"],
    &["should", "ought to"],
    &["very", ""],
    &["great", "large"],
    &["government", "cabinet"],
    &["agreement", "accord"],
    &["proposal", "suggestion"],
    &["question", "issue"],
    &["discussion", "talk"],
    &["reply", "answer"],
    &["message", "note"],
    &["still", "even now"],
    &["now", "at this time"],
    &["between", "among"],
    &["begin", "commence"],
    &["in order to", "to"],
    &["with regard to", "as to"],
    &["honor", "honour"],
    &["favor", "favour"],
    &["do not", "don't"],
    &["cannot", "can not"],
    &["will not", "won't"],
    &["two", "both"],
    &["that", ""],
    &["would", "should"],
    &["only", "merely"],
    &["such", "so"],
    &["through", "by way of"],
    &["three", "3"],
    &["first", "1st"],
    &["last", "final"],
    &["same", "very same"],
    &["position", "stand"],
    &["matter", "affair"],
];

/// Puts sites into a text where rules match, about `share` of the places, with some commas and typography.
pub fn mark(chance: &mut Chance, text: &str, share: f64) -> String {
    let escaped = text.replace('\\', "\\\\").replace('{', "\\{").replace('|', "\\|").replace('}', "\\}");
    let mut out = String::new();
    let mut rest = escaped.as_str();
    let mut boundary = true;
    'text: while let Some(c) = rest.chars().next() {
        if boundary && chance.happens(share) {
            for rule in RULES {
                let Some(after) = rest.strip_prefix(rule[0]) else { continue };
                if after.starts_with(|c: char| c.is_alphanumeric() || c == '\'' || c == '’') {
                    continue;
                }
                if rule.contains(&"") {
                    let Some(behind) = after.strip_prefix(' ') else { continue };
                    out.push_str(&format!("{{{} |}}", rule[0]));
                    rest = behind;
                } else {
                    out.push_str(&format!("{{{}}}", rule.join("|")));
                    rest = after;
                }
                boundary = true;
                continue 'text;
            }
        }
        if c == ',' && rest[1..].starts_with(' ') && chance.happens(share * 0.3) {
            out.push_str("{@punctuation:,|}");
        } else {
            out.push(c);
        }
        boundary = !c.is_alphanumeric() && c != '\'' && c != '’';
        rest = &rest[c.len_utf8()..];
    }
    out
}

/// A master with its source made by rule; tried again with fewer sites where two codewords would give one text.
pub fn master(chance: &mut Chance, text: &str) -> Master {
    for share in [0.8, 0.5, 0.25, 0.1] {
        if let Ok(master) = Master::parse(&mark(chance, text, share)) {
            return master;
        }
    }
    Master::plain(text)
}

/// The letters of the sample, when it is there.
pub fn letters() -> Vec<String> {
    let path = std::env::var("COUNTERMARK_CORPUS")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus/frus-sample.jsonl").into());
    let Ok(all) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: no sample letters (set COUNTERMARK_CORPUS)");
        return Vec::new();
    };
    all.lines().filter_map(text_field).collect()
}

/// The string under `"text"` of a JSON object on a line.
fn text_field(line: &str) -> Option<String> {
    let from = line.find("\"text\": \"")? + 9;
    let mut out = String::new();
    let mut chars = line[from..].chars();
    loop {
        match chars.next()? {
            '"' => return Some(out),
            '\\' => match chars.next()? {
                'n' => out.push('\n'),
                't' => out.push('\t'),
                'u' => {
                    let code: String = chars.by_ref().take(4).collect();
                    out.push(u32::from_str_radix(&code, 16).ok().and_then(char::from_u32).unwrap_or('?'));
                }
                c => out.push(c),
            },
            c => out.push(c),
        }
    }
}

pub fn codeword(chance: &mut Chance, master: &Master) -> Vec<u8> {
    master.sites().iter().map(|site| chance.below(site.alternatives) as u8).collect()
}

pub fn copy(master: &Master, codeword: &[u8]) -> String {
    master.render(codeword, &|_| Some("Mr. Tavish".into())).unwrap()
}

/// Lower case, straight marks, no punctuation but what stands in words, single spaces.
pub fn retype(text: &str) -> String {
    let plain: String = text
        .to_lowercase()
        .replace(['’', '‘'], "'")
        .chars()
        .map(|c| if c.is_alphanumeric() || c == '\'' { c } else { ' ' })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A typist's slips: a letter swapped, doubled, dropped or replaced, in `share` of the words.
pub fn slips(chance: &mut Chance, text: &str, share: f64) -> String {
    each_word(text, |word| {
        let mut letters: Vec<char> = word.chars().collect();
        if letters.len() < 2 || !chance.happens(share) {
            return word.to_owned();
        }
        let at = chance.below(letters.len() - 1);
        match chance.below(4) {
            0 => letters.swap(at, at + 1),
            1 => letters.insert(at, letters[at]),
            2 => {
                letters.remove(at);
            }
            _ => letters[at] = (b'a' + chance.below(26) as u8) as char,
        }
        letters.into_iter().collect()
    })
}

/// A scanner's damage: confused letters in `share` of the words, now and then a word split or joined.
pub fn scan(chance: &mut Chance, text: &str, share: f64) -> String {
    const PAIRS: &[(&str, &str)] = &[
        ("m", "rn"),
        ("o", "0"),
        ("l", "1"),
        ("rn", "m"),
        ("e", "c"),
        ("h", "li"),
        ("cl", "d"),
        ("i", "l"),
        ("s", "5"),
    ];
    let damaged = each_word(text, |word| {
        if !chance.happens(share) {
            return word.to_owned();
        }
        if word.len() > 5 && word.is_ascii() && chance.happens(0.15) {
            return format!("{} {}", &word[..3], &word[3..]);
        }
        let (from, to) = chance.pick(PAIRS);
        word.replacen(from, to, 1)
    });
    let mut out = String::new();
    for c in damaged.chars() {
        if c == ' ' && chance.happens(share * 0.05) {
            continue;
        }
        out.push(c);
    }
    out
}

/// Words deleted, put in, or replaced, each in a third of `share`.
pub fn reword(chance: &mut Chance, text: &str, share: f64) -> String {
    let list: Vec<&str> = WORDS.split_whitespace().collect();
    each_word(text, |word| match chance.happens(share) {
        false => word.to_owned(),
        true => match chance.below(3) {
            0 => String::new(),
            1 => format!("{word} {}", chance.pick(&list)),
            _ => (*chance.pick(&list)).to_owned(),
        },
    })
}

fn each_word(text: &str, mut change: impl FnMut(&str) -> String) -> String {
    let mut out = String::new();
    let mut word = String::new();
    for c in text.chars().chain(['\n']) {
        if c.is_alphanumeric() {
            word.push(c);
        } else {
            if !word.is_empty() {
                out.push_str(&change(&word));
                word.clear();
            }
            out.push(c);
        }
    }
    out.pop();
    out
}

/// Foreign text around a quotation.
pub fn article(chance: &mut Chance, inner: &str) -> String {
    format!("{}\n\n“{}”\n\n{}", prose(chance, 80), inner, prose(chance, 60))
}

/// What an observation says about a site, against the truth.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    pub right: usize,
    pub among: usize,
    pub wrong: usize,
    pub nothing: usize,
}

impl Tally {
    pub fn add(&mut self, trace: Option<&Trace>, codeword: &[u8]) {
        for (site, &symbol) in codeword.iter().enumerate() {
            match trace.and_then(|t| t.observations.get(site)) {
                None => self.nothing += 1,
                Some(vector) => {
                    let top = vector.iter().max().unwrap();
                    let best = vector.iter().filter(|v| *v == top).count();
                    match (vector[usize::from(symbol)] == *top, best) {
                        (true, 1) => self.right += 1,
                        (true, _) => self.among += 1,
                        (false, _) => self.wrong += 1,
                    }
                }
            }
        }
    }

    pub fn all(&self) -> usize {
        self.right + self.among + self.wrong + self.nothing
    }

    pub fn share(&self, part: usize) -> f64 {
        100.0 * part as f64 / self.all().max(1) as f64
    }
}

pub fn traced(master: &Master, text: &str) -> Option<Trace> {
    trace(master, &Leak::new(text))
}
