//! What is written around the letter: the site at hand and why it is proposed, the meter, the keys. Words and their tone; no terminal.

use countermark_review::{Entry, Goal, Id, Origin, Span, State, Who};

use super::page::{columns, cut, flat};
use super::screen::{At, Mode, Screen, Target};

/// How something is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As the letter.
    Plain,
    /// What explains.
    Label,
    /// A site of the master.
    Accepted,
    /// A proposal.
    Open,
    /// A refused one.
    Refused,
    /// A field.
    Field,
    /// What could not be done.
    Wrong,
}

/// A row: stretches of text, each with its tone.
pub type Row = Vec<(String, Tone)>;

/// Where in the letter something stands, its tone, and whether the writer is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Bytes of the letter; never empty.
    pub span: Span,
    /// Its tone.
    pub tone: Tone,
    /// Whether it is the place at hand.
    pub here: bool,
}

/// The keys, for `?`.
pub const HELP: &str = "\
From site to site
  a        take it, and on to the next that is undecided
  x        refuse it: the letter's words stay (remembered for --to)
  X        refuse it for the house: remembered for every letter
  o        undecide it, and forget that it was refused
  e Enter  type other wordings for it
  A   C    take all open proposals of this rule / of its class: shown first
  R   D    refuse all open proposals of this rule / of its class: shown first
  Tab      the next site (also arrows); Shift-Tab the one before
  n        the next undecided one
  w        choose words here, for a site of one's own
  s        the next part that has no site yet
  / f      look for a text; find the next
  m F2     ask the model for this sentence (one named under [model] in the
           vault's X.toml); what it proposes is taken one by one
  u U      undo, redo (also Ctrl-Z, Ctrl-Y)
  PgUp PgDn  scroll;  Home End  the first and last site
  q        end: everything is saved already

Choosing words
  arrows   to a word;  Space or Shift: the arrows choose more words
  typing   begins the other wording at once;  Enter begins an empty line
  Tab      the next part without a site;  F2  ask the model for this sentence
  Esc      back to the sites

Typing wordings
  prior to|ahead of   several, with a bar between them
  |                   a bar alone: the words may be left out
  \\n  \\|  \\\\           a line break, a bar, a backslash
  @punctuation: ;     names the class (also typography, layout)
  Enter takes them, Esc changes nothing

Shown in the letter: underlined is proposed, bold is taken, dim is refused
or a field. What one choice decides together is marked together.

Everything that you decide is in FILE.review and in the master at once.";

/// A wording for the eye.
pub fn wording(text: &str) -> String {
    if text.is_empty() {
        return "(nothing)".to_owned();
    }
    let middle = text.trim_matches(' ');
    let spaces = |count: usize| "␣".repeat(count);
    let lead = text.len() - text.trim_start_matches(' ').len();
    let trail = if middle.is_empty() { 0 } else { text.len() - text.trim_end_matches(' ').len() };
    format!("{}{}{}", spaces(lead), flat(middle), spaces(trail))
}

/// What is missing before the whole text names a copy.
pub fn missing(goal: &Goal) -> String {
    match goal.sites_missing {
        0 => "the whole text names a copy".to_owned(),
        1 => format!("1 more site{} needed", missing_bits(goal)),
        n => format!("{n} more sites{} needed", missing_bits(goal)),
    }
}

fn missing_bits(goal: &Goal) -> String {
    // Infinite while there are fewer texts than copies.
    if goal.bits_missing.is_finite() { format!(" ({:.1} bits)", goal.bits_missing) } else { String::new() }
}

/// The first line.
pub fn title(screen: &Screen, width: usize) -> String {
    let mut counts = [0; 3];
    for id in screen.review.in_order() {
        let Some(entry) = screen.review.entry(id).filter(|_| !screen.review.is_covered(id)) else { continue };
        if screen.review.first_of(id) == Some(id) {
            counts[entry.state as usize] += 1;
        }
    }
    let counts = format!("{} open  {} taken  {} refused", counts[1], counts[0], counts[2]);
    let (file, master) = &screen.names;
    let room = width.saturating_sub(columns(&counts) + 3);
    let names = cut(&format!(" {} → {}", flat(file), flat(master)), room);
    let gap = " ".repeat(width.saturating_sub(columns(&names) + columns(&counts) + 1));
    format!("{names}{gap}{counts} ")
}

/// What stands in the letter: sites, proposals, fields, and where the writer is; in ascending order, what is shown on top last.
pub fn marks(screen: &Screen) -> Vec<Mark> {
    let review = &screen.review;
    let mut marks: Vec<(u8, Mark)> = Vec::new();
    for (span, _) in review.letter().fields() {
        marks.push((0, Mark { span: span.clone(), tone: Tone::Field, here: false }));
    }
    let here = screen.site();
    let together = here.map(|id| review.together(id)).unwrap_or_default();
    for id in review.in_order() {
        let Some(entry) = review.entry(id).filter(|_| !review.is_covered(id) || here == Some(id)) else { continue };
        let (order, tone) = match entry.state {
            State::Refused => (1, Tone::Refused),
            State::Open => (2, Tone::Open),
            State::Accepted => (3, Tone::Accepted),
        };
        let here = together.contains(&id);
        let order = if here { 4 } else { order };
        marks.push((order, Mark { span: visible(review.letter().text(), &entry.span), tone, here }));
    }
    if let (Some(span), false) = (screen.chosen(), screen.mode == Mode::Walk) {
        marks.push((5, Mark { span, tone: Tone::Plain, here: true }));
    }
    marks.sort_by_key(|(order, mark)| (*order, mark.span.start));
    marks.into_iter().map(|(_, mark)| mark).collect()
}

/// An empty place is shown at the character behind it, or before it at a line's end.
fn visible(text: &str, span: &Span) -> Span {
    if !span.is_empty() {
        return span.clone();
    }
    let behind = text[span.start..].chars().next().filter(|c| *c != '\n');
    let before = text[..span.start].chars().next_back();
    match (behind, before) {
        (Some(c), _) => span.start..span.start + c.len_utf8(),
        (None, Some(c)) => span.start - c.len_utf8()..span.start,
        (None, None) => span.clone(),
    }
}

/// The site or words at hand; at most `rows` rows.
pub fn detail(screen: &Screen, width: usize, rows: usize) -> Vec<Row> {
    let mut out = match (&screen.mode, screen.at) {
        (Mode::Typing(Target::Site(id), _), _) => site(screen, *id, width),
        (Mode::Typing(Target::Words(span), _), _) => words(screen, Some(span.clone()), width),
        (_, At::Site(id)) => site(screen, id, width),
        (_, At::Words { .. }) => words(screen, screen.chosen(), width),
    };
    out.truncate(rows);
    out
}

fn site(screen: &Screen, id: Id, width: usize) -> Vec<Row> {
    let Some(entry) = screen.review.entry(id) else { return Vec::new() };
    let (word, tone) = match entry.state {
        State::Accepted => ("taken", Tone::Accepted),
        State::Open => ("proposed", Tone::Open),
        State::Refused => ("refused", Tone::Refused),
    };
    let mut rows = vec![vec![
        (format!(" {word}"), tone),
        (cut(&heading(screen, id, entry), width.saturating_sub(12)), Tone::Label),
    ]];
    rows.push(labelled("stands", &wording(entry.first()), Tone::Plain, width));
    let others = entry.others().iter().map(|one| wording(one)).collect::<Vec<_>>().join(" | ");
    rows.extend(labelled_lines("or", &others, tone, width, 2));
    let differing = screen.review.differing(id);
    if !differing.is_empty() {
        let what = differing.iter().map(|sense| sense.name()).collect::<Vec<_>>().join(", ");
        rows.push(labelled("differs", &format!("in: {what}; copies would say different things"), Tone::Wrong, width));
    }
    if let Some(why) = entry.why() {
        if !why.example.is_empty() {
            rows.push(labelled("as in", &flat(&why.example), Tone::Label, width));
        }
        if !why.counterexample.is_empty() {
            rows.push(labelled("not in", &flat(&why.counterexample), Tone::Label, width));
        }
    }
    if !entry.refused_for.is_empty() {
        rows.push(labelled("note", &remembered(entry), Tone::Label, width));
    }
    rows
}

/// Where it comes from: class, rule, pack, style, places.
fn heading(screen: &Screen, id: Id, entry: &Entry) -> String {
    let from = match &entry.origin {
        Origin::Existing => format!("{}, stood in the file", entry.class),
        Origin::Own => format!("{}, your own", entry.class),
        Origin::Offered { by } => format!("{}, from {}", entry.class, flat(by)),
        Origin::Rule(why) => {
            let reworded = if entry.is_reworded() { ", reworded by you" } else { "" };
            format!("{}, rule {} of {}, {}{reworded}", entry.class, why.rule, flat(&why.pack), why.style)
        }
    };
    let places = match screen.review.together(id).len() {
        0 | 1 => String::new(),
        n => format!("one choice for {n} places; "),
    };
    format!("  {places}{from}")
}

fn remembered(entry: &Entry) -> String {
    let whose: Vec<String> = entry.refused_for.iter().map(who).collect();
    let whose = whose.join(", ");
    if entry.recalled {
        format!("refused in an earlier letter, for {whose}; a takes it, o forgets it")
    } else {
        format!("remembered for {whose}")
    }
}

fn who(who: &Who) -> String {
    match who {
        Who::House => "the house".to_owned(),
        Who::Person(handle) => flat(handle),
    }
}

fn words(screen: &Screen, chosen: Option<Span>, width: usize) -> Vec<Row> {
    let parts = screen.review.parts();
    let place = chosen.as_ref().map_or(0, |span| span.start);
    let number = parts.iter().position(|part| part.span.contains(&place));
    let sites = number.and_then(|number| parts.get(number)).map_or(0, |part| part.sites);
    let sites = match sites {
        0 => "no site yet".to_owned(),
        1 => "1 site".to_owned(),
        n => format!("{n} sites"),
    };
    let heading = format!(" part {} of {}: {sites}", number.map_or(0, |number| number + 1), parts.len());
    let text = chosen.and_then(|span| screen.review.letter().text().get(span)).unwrap_or_default();
    vec![
        vec![(heading, Tone::Label)],
        labelled("chosen", &wording(text), Tone::Plain, width),
        labelled("", "type another wording, several with | between them", Tone::Label, width),
    ]
}

fn labelled(label: &str, text: &str, tone: Tone, width: usize) -> Row {
    vec![(format!(" {label:<8}"), Tone::Label), (cut(text, width.saturating_sub(10)), tone)]
}

/// The same on several lines; the last one is cut.
fn labelled_lines(label: &str, text: &str, tone: Tone, width: usize, most: usize) -> Vec<Row> {
    let room = width.saturating_sub(10).max(4);
    let page = super::page::Page::new(text, room);
    let mut rows = Vec::new();
    for (number, line) in page.lines().iter().enumerate().take(most) {
        let last = number + 1 == most;
        let shown = if last { cut(&text[line.start..], room) } else { text[line.clone()].to_owned() };
        rows.push(vec![(format!(" {:<8}", if number == 0 { label } else { "" }), Tone::Label), (shown, tone)]);
    }
    rows
}

/// The meter, two lines.
pub fn meter(screen: &Screen) -> [String; 2] {
    let meter = &screen.meter;
    let sites = if meter.sites == 1 { "site" } else { "sites" };
    let first = format!(
        " {} {sites}, {:.1} bits ({:.1} survive retyping)   {} of {} parts without a site",
        meter.sites, meter.bits, meter.bits_surviving, meter.parts_without_site, meter.parts
    );
    let second = match (&meter.goal, &screen.readers) {
        (Some(goal), Some(readers)) => format!(
            " for {} codewords at {:e}: {} sites of two name a copy; {}",
            goal.copies,
            readers.epsilon.value(),
            goal.sites_needed,
            missing(goal)
        ),
        _ => " for how many? --to HANDLE,... or --copies N shows what is still missing".to_owned(),
    };
    [first, second]
}

/// The keys that matter now.
pub fn keys(screen: &Screen) -> &'static str {
    match screen.mode {
        Mode::Walk => " a take  x refuse  e edit  Tab next  w words  s bare part  u undo  ? help  q end",
        Mode::Words => " arrows choose  Space more  type a wording  Tab bare part  Esc sites  ? help",
        Mode::Typing(..) => " Enter takes it  Esc changes nothing  a|b several  | leave out  \\n line break",
        Mode::Search(_) => " Enter finds it  Esc back",
        Mode::Confirm(_) => " y yes  n no  ↓ PgDn read on",
        Mode::Help(_) => " ↓ PgDn read on  any other key back",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use countermark_review::Review;

    use super::super::input::Input;
    use super::super::screen::Confirm;
    use super::*;

    #[test]
    fn everything_fits_into_eighty_columns() {
        let review = Review::plain("Two words.").unwrap();
        let mut screen = Screen::new(review, None, ("letter.txt".into(), "letter.txt.master".into()), String::new());
        let confirm = Confirm {
            command: countermark_review::Command::AcceptClass(countermark_marking::Class::Order),
            question: String::new(),
            rows: Vec::new(),
            top: 0,
            seen: false,
        };
        let typing = Mode::Typing(Target::Words(0..3), Input::default());
        let modes =
            [Mode::Walk, Mode::Words, typing, Mode::Search(Input::default()), Mode::Confirm(confirm), Mode::Help(0)];
        for mode in modes {
            screen.mode = mode;
            assert!(columns(keys(&screen)) <= 80, "{}", keys(&screen));
            assert_eq!(columns(&title(&screen, 80)), 80);
        }
        assert!(HELP.lines().all(|line| columns(line) <= 78));
    }

    #[test]
    fn what_can_not_be_seen_is_shown() {
        for (text, shown) in
            [("", "(nothing)"), (" that", "␣that"), ("a b", "a b"), (" ", "␣"), ("a\n\tb ", "a⏎→b␣"), ("\u{1b}", "␛")]
        {
            assert_eq!(wording(text), shown);
        }
    }
}
