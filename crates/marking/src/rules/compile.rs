//! From a pack's TOML to what the matcher needs: sets resolved, inflections written out, patterns read,
//! everything checked that can be checked without a text.

use super::breaks::Breaks;
use super::error::{Fault, PackError};
use super::format::{RawContext, RawFile, RawRule};
use super::moves::Move;
use super::pack::{Agreement, Context, Literal, Offered, Pack, Phrase, PhraseToken, Rule, Style, line_of};
use super::page::Case;
use super::pattern::{Choices, Pattern, PatternFault, Sets, Side, canon};
use crate::Class;
use countermark_text::{TraitKind, same, tokens, traits};
use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;
use std::sync::Arc;

/// A site's limit of alternatives.
const MAX_ALTERNATIVES: usize = 64;

/// Where a fault is reported.
struct Place<'a> {
    file: &'a str,
    text: &'a str,
    offset: usize,
    rule: Option<&'a str>,
}

impl Place<'_> {
    fn fail(&self, fault: Fault) -> PackError {
        PackError {
            file: self.file.to_owned(),
            line: Some(line_of(self.text, self.offset)),
            rule: self.rule.map(str::to_owned),
            fault,
        }
    }
}

struct Paradigm {
    columns: Vec<String>,
    words: HashMap<String, Vec<String>>,
    contexts: BTreeMap<String, Arc<Context>>,
}

struct Shared<'a> {
    sets: Sets,
    /// The sets' entries as they are written: what a bracket is filled with.
    entries: BTreeMap<&'a str, &'a [String]>,
    paradigms: HashMap<String, Paradigm>,
}

/// One alternative of one variation of a rule.
#[derive(Clone)]
struct Wording {
    bracket: String,
    text: String,
    matched: bool,
}

/// One variation: the alternatives in one inflection.
struct Variation {
    wordings: Vec<Wording>,
    form: Option<Arc<Context>>,
}

pub(super) fn compile(name: &str, files: &[(&str, &str, RawFile)]) -> Result<Pack, PackError> {
    let sets = sets(files)?;
    let written = files.iter().flat_map(|(_, _, raw)| &raw.sets);
    let shared = Shared {
        paradigms: paradigms(files, &sets)?,
        entries: written.map(|(name, list)| (name.as_str(), list.get_ref().as_slice())).collect(),
        sets,
    };
    let mut pack = Pack {
        name: name.to_owned(),
        rules: Vec::new(),
        phrases: Vec::new(),
        index: HashMap::new(),
        literals: Vec::new(),
        moves: Vec::new(),
        breaks: Vec::new(),
        move_index: HashMap::new(),
        small: files.iter().flat_map(|(_, _, raw)| &raw.small).map(|w| w.to_lowercase()).collect(),
        offered: Offered::default(),
        agreements: agreements(files),
        repeatable: files.iter().flat_map(|(_, _, raw)| &raw.repeatable).map(|w| w.to_lowercase()).collect(),
    };
    let mut ids: HashMap<String, usize> = HashMap::new();
    let mut ties: HashMap<String, usize> = HashMap::new();
    for (file, text, raw) in files {
        // Counted on from rule to rule: from the start of the file each time is a third of the whole load.
        let (mut line, mut counted) = (1, 0);
        for rule in &raw.rules {
            let place = Place { file, text, offset: rule.id.span().start, rule: Some(rule.id.get_ref()) };
            line += line_of(text.get(counted..).unwrap_or_default(), place.offset.saturating_sub(counted)) - 1;
            counted = place.offset;
            if let Some(first) = ids.insert(rule.id.get_ref().clone(), line) {
                return Err(place.fail(Fault::DuplicateId(first)));
            }
            add(&mut pack, &mut ties, rule, line, &place, &shared)?;
        }
    }
    index(&mut pack)?;
    super::moves::index(&mut pack);
    Ok(pack)
}

fn sets(files: &[(&str, &str, RawFile)]) -> Result<Sets, PackError> {
    let mut sets = Sets::new();
    for (file, text, raw) in files {
        for (name, entries) in &raw.sets {
            let words = Choices::of(entries.get_ref().iter().map(|e| canon(e)));
            if sets.insert(name.clone(), Arc::new(words)).is_some() {
                let place = Place { file, text, offset: entries.span().start, rule: None };
                return Err(place.fail(Fault::DuplicateSet(name.clone())));
            }
        }
    }
    Ok(sets)
}

fn agreements(files: &[(&str, &str, RawFile)]) -> Vec<Agreement> {
    let lower = |list: &[String]| list.iter().map(|s| s.to_lowercase()).collect();
    let all = files.iter().flat_map(|(_, _, raw)| &raw.agreement);
    all.map(|raw| Agreement {
        words: raw.words.get_ref().clone(),
        first_before: lower(&raw.first_before),
        second_before: lower(&raw.second_before),
    })
    .collect()
}

fn paradigms(files: &[(&str, &str, RawFile)], sets: &Sets) -> Result<HashMap<String, Paradigm>, PackError> {
    let mut all = HashMap::new();
    for (file, text, raw) in files {
        for paradigm in &raw.paradigm {
            let place = |offset| Place { file, text, offset, rule: None };
            let start = paradigm.name.span().start;
            let mut contexts = BTreeMap::new();
            for (column, raw) in &paradigm.context {
                if !paradigm.columns.contains(column) {
                    return Err(place(start).fail(Fault::UnknownForm(column.clone())));
                }
                contexts.insert(column.clone(), Arc::new(context(raw, sets).map_err(|f| place(start).fail(f))?));
            }
            let mut words = HashMap::new();
            for row in &paradigm.words {
                let forms: Vec<String> = row.get_ref().split_whitespace().map(str::to_owned).collect();
                let Some(word) = forms.first().filter(|_| forms.len() == paradigm.columns.len()) else {
                    return Err(place(row.span().start).fail(Fault::Forms {
                        word: row.get_ref().clone(),
                        found: forms.len(),
                        wanted: paradigm.columns.len(),
                    }));
                };
                words.insert(word.clone(), forms);
            }
            let made = Paradigm { columns: paradigm.columns.clone(), words, contexts };
            all.insert(paradigm.name.get_ref().clone(), made);
        }
    }
    Ok(all)
}

fn context(raw: &RawContext, sets: &Sets) -> Result<Context, Fault> {
    Ok(Context {
        after: patterns(&raw.after, Side::Left, sets)?,
        not_after: patterns(&raw.not_after, Side::Left, sets)?,
        before: patterns(&raw.before, Side::Right, sets)?,
        not_before: patterns(&raw.not_before, Side::Right, sets)?,
    })
}

pub(super) fn patterns(list: &[String], side: Side, sets: &Sets) -> Result<Vec<Pattern>, Fault> {
    let read = |text: &String| {
        Pattern::parse(text, side, sets).map_err(|fault| match fault {
            PatternFault::Unreadable => Fault::Pattern(text.clone()),
            PatternFault::UnknownSet(name) => Fault::UnknownSet(name),
        })
    };
    list.iter().map(read).collect()
}

fn add(
    pack: &mut Pack,
    ties: &mut HashMap<String, usize>,
    raw: &RawRule,
    line: usize,
    place: &Place<'_>,
    shared: &Shared<'_>,
) -> Result<(), PackError> {
    let fail = |fault| place.fail(fault);
    let rule = header(raw, line, place, shared)?;
    let number = pack.rules.len() as u32;
    if raw.breaks.is_some() || raw.most.is_some() || raw.most_words.is_some() {
        pack.breaks.push(Breaks::read(raw, number, rule.class).map_err(fail)?);
        pack.rules.push(rule);
        return Ok(());
    }
    if raw.moved.is_some() || !raw.over.is_empty() || !raw.places.is_empty() {
        pack.moves.push(Move::read(raw, number, &shared.sets).map_err(fail)?);
        pack.rules.push(rule);
        return Ok(());
    }
    let mut rule = rule;
    for set in lists(raw, place)? {
        for variation in variations(&set, raw, shared).map_err(fail)? {
            validate(&variation.wordings, rule.class).map_err(fail)?;
            if let Some(tie) = &rule.tie
                && *ties.entry(tie.clone()).or_insert(variation.wordings.len()) != variation.wordings.len()
            {
                return Err(fail(Fault::TieSizes(tie.clone())));
            }
            let choice = rule.choices.len() as u32;
            rule.choices.push(variation.wordings.iter().map(|w| w.text.clone()).collect());
            let offered: Vec<u32> =
                (0u32..).zip(&variation.wordings).filter(|(_, w)| !w.matched).map(|(n, _)| n).collect();
            // One alone is never mistaken for another of its list.
            let several = offered.len() > 1;
            if !offered.is_empty() {
                pack.offered.columns.insert((number, choice), offered);
            }
            for (column, wording) in variation.wordings.iter().enumerate().filter(|(_, w)| w.matched || several) {
                let column = column as u32;
                if raw.literal {
                    if wording.text.is_empty() && !wording.matched {
                        continue;
                    }
                    let literals = if wording.matched { &mut pack.literals } else { &mut pack.offered.literals };
                    literals.push(Literal { rule: number, choice, column, text: wording.text.clone() });
                } else {
                    let (tokens, bracket) = match phrase(wording) {
                        Err(Fault::EmptyMatch) if !wording.matched => continue,
                        found => found.map_err(fail)?,
                    };
                    let form = variation.form.clone();
                    let phrases = if wording.matched { &mut pack.phrases } else { &mut pack.offered.phrases };
                    phrases.push(Phrase { rule: number, choice, column, bracket, tokens, form });
                }
            }
        }
    }
    pack.rules.push(rule);
    Ok(())
}

/// The rule without its choices.
fn header(raw: &RawRule, line: usize, place: &Place<'_>, shared: &Shared<'_>) -> Result<Rule, PackError> {
    let id = raw.id.get_ref();
    let proper = id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !proper {
        return Err(place.fail(Fault::BadId));
    }
    let at = |offset| Place { file: place.file, text: place.text, offset, rule: place.rule };
    let class = Class::from_str(raw.class.get_ref()).ok().filter(|c| *c != Class::Authored);
    let class =
        class.ok_or_else(|| at(raw.class.span().start).fail(Fault::UnknownClass(raw.class.get_ref().clone())))?;
    let style = match &raw.style {
        None => Style::Neutral,
        Some(name) => Style::from_str(name.get_ref()).map_err(|fault| at(name.span().start).fail(fault))?,
    };
    for (list, what) in [(&raw.examples, "example"), (&raw.counterexamples, "counter-example")] {
        if list.is_empty() {
            return Err(place.fail(Fault::Missing(what)));
        }
    }
    Ok(Rule {
        id: id.clone(),
        class,
        style,
        tie: raw.tie.clone(),
        context: context(&raw.context(), &shared.sets).map_err(|fault| place.fail(fault))?,
        not_following: patterns(&raw.not_following, Side::Left, &shared.sets).map_err(|fault| place.fail(fault))?,
        not_with: raw.not_with.iter().flat_map(|w| canon(w)).collect(),
        choices: Vec::new(),
        examples: raw.examples.clone(),
        counterexamples: raw.counterexamples.clone(),
        file: place.file.to_owned(),
        line,
    })
}

/// The rule's lists of alternatives: `(text, matched)`.
fn lists(raw: &RawRule, place: &Place<'_>) -> Result<Vec<Vec<(String, bool)>>, PackError> {
    let (lists, offset) = match (&raw.alternatives, &raw.sets) {
        (Some(one), None) => (vec![one.get_ref().clone()], one.span().start),
        (None, Some(many)) => (many.get_ref().clone(), many.span().start),
        _ => return Err(place.fail(Fault::AlternativesOrSets)),
    };
    let fail = |fault| Place { file: place.file, text: place.text, offset, rule: place.rule }.fail(fault);
    if lists.is_empty() {
        return Err(fail(Fault::NoAlternatives));
    }
    let mut all = Vec::with_capacity(lists.len());
    for list in lists {
        let set: Vec<(String, bool)> = list.into_iter().map(offered).collect();
        match set.len() {
            0 => return Err(fail(Fault::NoAlternatives)),
            1 => return Err(fail(Fault::OneAlternative(set[0].0.clone()))),
            2..=MAX_ALTERNATIVES if set.iter().all(|(_, matched)| !matched) => return Err(fail(Fault::NothingMatched)),
            2..=MAX_ALTERNATIVES => all.push(set),
            more => return Err(fail(Fault::TooManyAlternatives(more))),
        }
    }
    Ok(all)
}

/// `>text` is offered and never matched.
fn offered(text: String) -> (String, bool) {
    match text.strip_prefix('>') {
        Some(rest) => (rest.to_owned(), false),
        None => (text, true),
    }
}

/// Writes out a list's inflections and the entries of a set in its bracket.
fn variations(set: &[(String, bool)], raw: &RawRule, shared: &Shared<'_>) -> Result<Vec<Variation>, Fault> {
    let mut parts = Vec::with_capacity(set.len());
    for (text, matched) in set {
        let (bracket, text) = bracketed(text)?;
        parts.push((bracket, text, *matched));
    }
    let bracket = parts.first().map(|p| p.0).unwrap_or_default();
    if let Some(other) = parts.iter().position(|p| p.0 != bracket) {
        return Err(Fault::Bracket(set[other].0.clone()));
    }
    let mut all = Vec::new();
    for bracket in brackets(bracket, &shared.entries)? {
        let wordings = |texts: Vec<String>| -> Vec<Wording> {
            let pairs = texts.into_iter().zip(&parts);
            pairs.map(|(text, part)| Wording { bracket: bracket.clone(), text, matched: part.2 }).collect()
        };
        if parts.iter().any(|p| p.1.contains('<')) {
            for (texts, form) in inflected(&parts, raw, shared)? {
                all.push(Variation { wordings: wordings(texts), form });
            }
        } else {
            all.push(Variation { wordings: wordings(parts.iter().map(|p| p.1.to_owned()).collect()), form: None });
        }
    }
    Ok(all)
}

fn bracketed(text: &str) -> Result<(&str, &str), Fault> {
    let (bracket, rest) = match text.strip_prefix('[') {
        Some(inner) => inner.split_once(']').ok_or_else(|| Fault::Bracket(text.to_owned()))?,
        None => ("", text),
    };
    if rest.contains(['[', ']']) || (bracket.is_empty() && text.starts_with('[')) {
        return Err(Fault::Bracket(text.to_owned()));
    }
    Ok((bracket, rest))
}

/// The wordings of a bracket: itself, or with its `@set` replaced by each entry.
fn brackets(bracket: &str, sets: &BTreeMap<&str, &[String]>) -> Result<Vec<String>, Fault> {
    let Some(at) = bracket.find('@') else { return Ok(vec![bracket.to_owned()]) };
    let end = bracket[at..].find(' ').map_or(bracket.len(), |n| at + n);
    let name = &bracket[at + 1..end];
    let entries = sets.get(name).ok_or_else(|| Fault::UnknownSet(name.to_owned()))?;
    Ok(entries.iter().map(|entry| format!("{}{entry}{}", &bracket[..at], &bracket[end..])).collect())
}

/// What one row of inflected alternatives is: their texts, and the context that tells the form.
type Inflected = (Vec<String>, Option<Arc<Context>>);

/// Each column of the paradigm, its slots filled. Columns that give the same texts are one; where a form
/// stands in two columns with different partners, the paradigm's contexts tell them apart.
fn inflected(parts: &[(&str, &str, bool)], raw: &RawRule, shared: &Shared<'_>) -> Result<Vec<Inflected>, Fault> {
    let mut slots = Vec::with_capacity(parts.len());
    for (_, text, _) in parts {
        slots.push(slot(text)?);
    }
    let name = slots.first().map(|s| s.1).unwrap_or_default();
    let paradigm = shared.paradigms.get(name).ok_or_else(|| Fault::UnknownSlot(name.to_owned()))?;
    let wanted = raw.forms.as_ref().map(|f| f.get_ref().as_slice());
    if let Some(form) = wanted.unwrap_or_default().iter().find(|form| !paradigm.columns.contains(form)) {
        return Err(Fault::UnknownForm(form.clone()));
    }
    let mut rows: Vec<(Vec<String>, &str)> = Vec::new();
    for (number, column) in paradigm.columns.iter().enumerate() {
        if wanted.is_some_and(|w| !w.contains(column)) {
            continue;
        }
        let mut texts = Vec::with_capacity(slots.len());
        for (before, kind, word, behind) in &slots {
            if *kind != name {
                return Err(Fault::MixedSlots(format!("<{kind}:{word}>")));
            }
            let forms = paradigm.words.get(*word).ok_or_else(|| Fault::UnknownSlot(format!("<{kind}:{word}>")))?;
            texts.push(format!("{before}{}{behind}", forms[number]));
        }
        if rows.iter().all(|(other, _)| *other != texts) {
            rows.push((texts, column));
        }
    }
    let ambiguous = |texts: &[String]| {
        let shares = |other: &[String]| texts.iter().any(|t| other.contains(t));
        rows.iter().filter(|(other, _)| shares(other)).count() > 1
    };
    Ok(rows
        .iter()
        .map(|(texts, column)| {
            let form = paradigm.contexts.get(*column).filter(|_| ambiguous(texts)).cloned();
            (texts.clone(), form)
        })
        .collect())
}

/// Cuts `go <verb:take> part` into its four pieces.
fn slot(text: &str) -> Result<(&str, &str, &str, &str), Fault> {
    let cut = text.split_once('<').and_then(|(before, rest)| {
        let (inner, behind) = rest.split_once('>')?;
        let (kind, word) = inner.split_once(':')?;
        (!behind.contains('<')).then_some((before, kind, word, behind))
    });
    cut.ok_or_else(|| Fault::MixedSlots(text.to_owned()))
}

fn validate(wordings: &[Wording], class: Class) -> Result<(), Fault> {
    let loose = matches!(class, Class::Typography | Class::Layout);
    for (number, one) in wordings.iter().enumerate() {
        if one.text.contains(|c: char| matches!(c, '{' | '|' | '}' | '\\') || c.is_control()) {
            return Err(Fault::Reserved(one.text.clone()));
        }
        if !one.text.is_ascii() && traits(&one.text).iter().any(|t| t.kind == TraitKind::Invisible) {
            return Err(Fault::Unseen);
        }
        for other in &wordings[..number] {
            if one.text == other.text || (!loose && equal(&one.text, &other.text)) {
                return Err(Fault::EqualAlternatives(other.text.clone(), one.text.clone()));
            }
        }
    }
    Ok(())
}

/// [`same`], with a short cut for plain words.
fn equal(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphabetic() || b == b' ');
    if plain(one) && plain(other) {
        let (mut one, mut other) =
            (one.split(' ').filter(|w| !w.is_empty()), other.split(' ').filter(|w| !w.is_empty()));
        loop {
            match (one.next(), other.next()) {
                (None, None) => return true,
                (Some(a), Some(b)) if a.eq_ignore_ascii_case(b) => {}
                _ => return false,
            }
        }
    }
    same(one, other)
}

fn phrase(wording: &Wording) -> Result<(Vec<PhraseToken>, usize), Fault> {
    let whole = format!("{}{}", wording.bracket, wording.text);
    let mut made: Vec<PhraseToken> = Vec::new();
    let (mut end, mut bracket) = (0, 0);
    for token in tokens(&whole) {
        let raw = &whole[token.span.clone()];
        let spaced = !made.is_empty() && token.span.start > end;
        end = token.span.end;
        made.push(PhraseToken { canon: token.canon.into_owned(), case: Case::of(raw), spaced });
        if end <= wording.bracket.len() {
            bracket = made.len();
        }
    }
    if made.is_empty() {
        return Err(Fault::EmptyMatch);
    }
    Ok((made, bracket))
}

/// Fills the index, longest phrases first, and refuses rules that can never win.
fn index(pack: &mut Pack) -> Result<(), PackError> {
    let mut free: HashMap<Vec<(String, bool)>, u32> = HashMap::new();
    for phrase in &pack.phrases {
        let rule = &pack.rules[phrase.rule as usize];
        if rule.context.is_empty() && rule.not_with.is_empty() && phrase.form.is_none() && phrase.bracket == 0 {
            let words: Vec<(String, bool)> = phrase.tokens.iter().map(|t| (t.canon.clone(), t.spaced)).collect();
            let shown = words.iter().map(|w| w.0.as_str()).collect::<Vec<_>>().join(" ");
            let other = *free.entry(words).or_insert(phrase.rule);
            if other != phrase.rule {
                return Err(PackError {
                    file: rule.file.clone(),
                    line: Some(rule.line),
                    rule: Some(rule.id.clone()),
                    fault: Fault::Clash { words: shown, other: pack.rules[other as usize].id.clone() },
                });
            }
        }
    }
    pack.index_phrases();
    // Longest first, so that " — " is not read as "—".
    pack.literals.sort_by_key(|l| (l.rule, usize::MAX - l.text.len()));
    pack.offered.literals.sort_by_key(|l| (l.rule, usize::MAX - l.text.len()));
    Ok(())
}
