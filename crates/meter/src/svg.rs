//! The picture for a page: SVG that reads in black and white.

use std::fmt::Write as _;

use crate::{ClassMeter, Meter, PartMeter};

const WIDTH: f64 = 880.0;
/// From here to there the text and its bits are drawn; before it stand the axes' labels.
const LEFT: f64 = 64.0;
const RIGHT: f64 = WIDTH - 72.0;
const STRIP: f64 = 170.0;
const CURVE: f64 = 96.0;
const LINE: f64 = 17.0;
/// About so wide is a letter of the small print.
const LETTER: f64 = 5.6;

const INK: &str = "#16202a";
const SOFT: &str = "#5b6670";
const GRID: &str = "#d8dde1";
/// What survives retyping.
const KEPT: &str = "#0b5563";
const KEPT_TOO: &str = "#2f8593";
/// What does not.
const LOST: &str = "url(#lost)";
const SITELESS: &str = "url(#siteless)";
const ALARM: &str = "#b3261e";
/// The line that a copy's bits must reach.
const NEEDED: &str = "stroke=\"#b3261e\" stroke-width=\"1.6\" stroke-dasharray=\"5 3\"";
/// Under the base line: the mark of a sentence without a site.
const BAND: f64 = 11.0;

/// Whether the message's words may stand in the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// Numbers alone.
    Hidden,
    /// The first words of every sentence.
    Shown,
}

/// Draws what is certain of a message.
pub fn svg(meter: &Meter, words: Words) -> String {
    let mut page = Page::default();
    heading(&mut page, meter);
    whole(&mut page, meter);
    if meter.words > 0 {
        strip(&mut page, meter);
        quotations(&mut page, meter);
        if words == Words::Shown {
            sentences(&mut page, meter);
        }
    }
    page.text(LEFT, page.y + 6.0, "start", SOFT, 11.0, "Certain: every site intact, at the first look. Not promised: against a reader who rewrites the marked places, compares copies, or translates.");
    page.end()
}

/// The page as it grows downwards.
#[derive(Default)]
struct Page {
    body: String,
    y: f64,
}

impl Page {
    fn end(self) -> String {
        let height = self.y + 24.0;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH:.0} {height:.0}\" font-family=\"Helvetica, Arial, sans-serif\" font-size=\"12\">\n\
             <title>What can be promised of this message before it is sealed</title>\n\
             <defs>\n\
             <pattern id=\"lost\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect width=\"6\" height=\"6\" fill=\"#e3edef\"/><rect width=\"2\" height=\"6\" fill=\"{KEPT_TOO}\"/></pattern>\n\
             <pattern id=\"siteless\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(-45)\"><rect width=\"7\" height=\"7\" fill=\"#fdecea\"/><rect width=\"1.6\" height=\"7\" fill=\"{ALARM}\" fill-opacity=\".55\"/></pattern>\n\
             </defs>\n\
             <rect width=\"{WIDTH:.0}\" height=\"{height:.0}\" fill=\"#fff\"/>\n{}</svg>\n",
            self.body
        )
    }

    fn text(&mut self, x: f64, y: f64, anchor: &str, colour: &str, size: f64, text: &str) {
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let _ = writeln!(
            self.body,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{colour}\" font-size=\"{size}\">{text}</text>"
        );
    }

    fn bold(&mut self, x: f64, y: f64, text: &str) {
        let _ = writeln!(
            self.body,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" fill=\"{INK}\" font-size=\"13\" font-weight=\"bold\">{text}</text>"
        );
    }

    fn rect(&mut self, x: f64, y: f64, width: f64, height: f64, fill: &str) {
        let _ = writeln!(
            self.body,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{fill}\" shape-rendering=\"crispEdges\"/>",
            width.max(0.0),
            height.max(0.0)
        );
    }

    fn path(&mut self, points: &[(f64, f64)], style: &str) {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let _ = writeln!(self.body, "<polyline points=\"{}\" {style}/>", points.join(" "));
    }

    fn rule(&mut self, from: (f64, f64), to: (f64, f64), style: &str) {
        self.path(&[from, to], &format!("fill=\"none\" {style}"));
    }
}

fn heading(page: &mut Page, meter: &Meter) {
    page.text(LEFT, 32.0, "start", INK, 17.0, "What can be promised of this message");
    let line = format!(
        "{}, {}, {}; {}, epsilon {}: a copy is named from {:.1} bits on",
        counted(meter.words, "word"),
        counted(meter.parts.len(), "sentence"),
        counted(meter.sites(), "site"),
        counted(meter.copies as usize, "codeword"),
        meter.epsilon,
        meter.line()
    );
    page.text(LEFT, 52.0, "start", SOFT, 12.0, &line);
    page.y = 76.0;
}

/// The whole text: two bars and the line that they must reach.
fn whole(page: &mut Page, meter: &Meter) {
    let most = meter.line().max(meter.all.bits).max(1.0) * 1.02;
    let left = LEFT + 64.0;
    let x = |bits: f64| left + bits / most * (RIGHT - left);
    let top = page.y + 10.0;
    for (row, (name, promise)) in [("as pasted", &meter.all), ("retyped", &meter.retyped)].into_iter().enumerate() {
        let y = top + row as f64 * 58.0;
        page.text(left - 10.0, y + 17.0, "end", INK, 12.0, name);
        page.rule((left, y + 26.0), (RIGHT, y + 26.0), &format!("stroke=\"{GRID}\""));
        let classes: Vec<&ClassMeter> =
            meter.classes.iter().filter(|class| row == 0 || class.class.survives_retyping()).collect();
        classes_bar(page, &classes, y, &x);
        let verdict = if promise.certain.whole {
            let any = promise.enough.map_or(0, |enough| enough.any);
            let bears = promise.bears.unwrap_or(0);
            format!(
                "{:.1} bits: names a copy; any {any} of its {} sites do; bears {bears} altered",
                promise.bits, promise.sites
            )
        } else {
            format!("{:.1} bits: cannot name a copy", promise.bits)
        };
        page.text(left, y + 42.0, "start", if promise.certain.whole { INK } else { ALARM }, 12.0, &verdict);
    }
    let at = x(meter.line());
    for (from, to) in [(top - 8.0, top + 28.0), (top + 54.0, top + 86.0)] {
        page.rule((at, from), (at, to), NEEDED);
    }
    let (anchor, beside) = if at > RIGHT - 60.0 { ("end", -4.0) } else { ("start", 4.0) };
    page.text(at + beside, top - 2.0, anchor, ALARM, 11.0, "needed");
    page.y = top + 142.0;
}

/// A bar of the classes' bits, each named where it has the room.
fn classes_bar(page: &mut Page, classes: &[&ClassMeter], y: f64, x: &impl Fn(f64) -> f64) {
    let mut bits = 0.0;
    // What survives stands first, so that both bars begin alike.
    let (kept, lost): (Vec<&ClassMeter>, Vec<&ClassMeter>) =
        classes.iter().partition(|class| class.class.survives_retyping());
    for (number, class) in kept.into_iter().chain(lost).enumerate() {
        let (from, to) = (x(bits), x(bits + class.bits));
        bits += class.bits;
        let survives = class.class.survives_retyping();
        let fill = if !survives {
            LOST
        } else if number % 2 == 0 {
            KEPT
        } else {
            KEPT_TOO
        };
        page.rect(from, y + 2.0, to - from - 1.0, 22.0, fill);
        let label = format!("{} {:.1}", class.class, class.bits);
        if label.len() as f64 * LETTER + 8.0 < to - from {
            let colour = if survives { "#fff" } else { INK };
            if !survives {
                page.rect(from + 3.0, y + 6.0, label.len() as f64 * LETTER + 4.0, 14.0, "#fff");
            }
            page.text(from + 5.0, y + 17.0, "start", colour, 11.0, &label);
        }
    }
}

/// The text as a strip of sentences.
fn strip(page: &mut Page, meter: &Meter) {
    let most = meter.parts.iter().map(|part| part.bits).fold(meter.line(), f64::max) * 1.06;
    let base = page.y + 22.0 + STRIP;
    page.bold(LEFT, page.y, "Sentence by sentence");
    page.text(LEFT + 150.0, page.y, "start", SOFT, 11.0, "as wide as its words, as high as its bits");
    legend(page);
    let y = |bits: f64| base - bits / most * STRIP;
    grid(page, most, &y);
    let x = |word: usize| LEFT + word as f64 / meter.words as f64 * (RIGHT - LEFT);
    let (mut at, mut free) = (0, 0.0);
    for part in meter.parts.iter().filter(|part| part.words > 0) {
        let (from, to) = (x(at), x(at + part.words));
        at += part.words;
        let gap = if to - from > 6.0 { 1.5 } else { 0.0 };
        sentence(page, part, (from, to - from - gap), base, &y);
        let label = part.number.to_string();
        let wide = label.len() as f64 * LETTER + 3.0;
        let middle = (from + to - gap) / 2.0;
        if middle - wide / 2.0 >= free {
            page.text(middle, base + BAND + 13.0, "middle", if part.sites == 0 { ALARM } else { SOFT }, 10.5, &label);
            free = middle + wide / 2.0;
        }
    }
    lines(page, meter.line(), &y);
    page.y = base + 62.0;
}

fn sentence(page: &mut Page, part: &PartMeter, (x, width): (f64, f64), base: f64, y: &impl Fn(f64) -> f64) {
    if part.sites == 0 {
        page.rect(x, base + 2.0, width.max(2.0), BAND - 2.0, SITELESS);
        page.rule(
            (x, base + BAND),
            (x + width.max(2.0), base + BAND),
            &format!("stroke=\"{ALARM}\" stroke-width=\"2\""),
        );
        return;
    }
    page.rect(x, y(part.bits_surviving), width, base - y(part.bits_surviving), KEPT);
    page.rect(x, y(part.bits), width, y(part.bits_surviving) - y(part.bits), LOST);
}

fn legend(page: &mut Page) {
    let y = page.y - 10.0;
    let mut x = RIGHT;
    for (fill, name) in [(SITELESS, "no site"), (LOST, "lost by retyping"), (KEPT, "survives retyping")] {
        x -= name.len() as f64 * LETTER + 4.0;
        page.text(x, y + 10.0, "start", SOFT, 11.0, name);
        x -= 18.0;
        page.rect(x, y, 13.0, 12.0, fill);
        x -= 12.0;
    }
}

/// Ticks at whole bits.
fn grid(page: &mut Page, most: f64, y: &impl Fn(f64) -> f64) {
    let step = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0].into_iter().find(|step| most / step <= 6.0);
    let step = step.unwrap_or(1000.0);
    let mut bits = 0.0;
    while bits <= most {
        page.rule((LEFT, y(bits)), (RIGHT, y(bits)), &format!("stroke=\"{GRID}\""));
        page.text(LEFT - 8.0, y(bits) + 4.0, "end", SOFT, 11.0, &format!("{bits:.0}"));
        bits += step;
    }
    page.text(LEFT - 8.0, y(most) - 6.0, "end", SOFT, 11.0, "bits");
}

/// The base line, and the one that names.
fn lines(page: &mut Page, line: f64, y: &impl Fn(f64) -> f64) {
    page.rule((LEFT, y(0.0)), (RIGHT, y(0.0)), &format!("stroke=\"{INK}\""));
    page.rule((LEFT, y(line)), (RIGHT, y(line)), NEEDED);
    page.text(RIGHT + 6.0, y(line) - 1.0, "start", ALARM, 11.0, &format!("{line:.1}"));
    page.text(RIGHT + 6.0, y(line) + 12.0, "start", ALARM, 11.0, "names");
}

/// What the quotations of half the words are worth.
fn quotations(page: &mut Page, meter: &Meter) {
    let all: usize = meter.quotations.iter().map(|quoted| quoted.held.count).sum();
    let most = meter.quotations.iter().map(|quoted| quoted.bits).fold(meter.line(), f64::max) * 1.08;
    page.bold(LEFT, page.y, "Half the text quoted");
    let share = |share: f64| format!("{:.0} of 100", share * 100.0);
    let caption = format!(
        "{} such quotations name a copy as pasted (solid), {} retyped (line)",
        share(meter.all.certain.half),
        share(meter.retyped.certain.half)
    );
    page.text(LEFT + 150.0, page.y, "start", SOFT, 11.0, &caption);
    let base = page.y + 22.0 + CURVE;
    let y = |bits: f64| base - bits / most * CURVE;
    let x = |word: usize| LEFT + word as f64 / all.max(1) as f64 * (RIGHT - LEFT);
    grid(page, most, &y);
    let mut at = 0;
    let mut retyped = Vec::new();
    let mut steps = Vec::new();
    for quoted in &meter.quotations {
        let (from, to) = (x(at), x(at + quoted.held.count));
        at += quoted.held.count;
        steps.push((from, to, quoted));
        retyped.extend([(from, y(quoted.bits_surviving)), (to, y(quoted.bits_surviving))]);
    }
    for (from, to, quoted) in steps {
        let fill = if quoted.names { "#9cc4cb" } else { "#e4e7ea" };
        page.rect(from, y(quoted.bits), to - from + 0.2, base - y(quoted.bits), fill);
    }
    page.path(&retyped, &format!("fill=\"none\" stroke=\"{INK}\" stroke-width=\"1.6\""));
    lines(page, meter.line(), &y);
    page.text(LEFT, base + 15.0, "start", SOFT, 11.0, "beginning at word 1");
    page.text(RIGHT, base + 15.0, "end", SOFT, 11.0, &format!("at word {all}"));
    page.y = base + 48.0;
}

fn sentences(page: &mut Page, meter: &Meter) {
    page.bold(LEFT, page.y, "The sentences");
    page.y += 8.0;
    for part in meter.parts.iter().filter(|part| part.words > 0) {
        page.y += LINE;
        let colour = if part.sites == 0 { ALARM } else { INK };
        page.text(LEFT + 16.0, page.y, "end", colour, 11.0, &part.number.to_string());
        page.text(LEFT + 30.0, page.y, "start", colour, 11.0, &plain(&part.beginning(90)));
        let bits = if part.sites == 0 { "no site".to_owned() } else { format!("{:.1} bits", part.bits) };
        page.text(RIGHT, page.y, "end", colour, 11.0, &bits);
    }
    page.y += 34.0;
}

/// Without the characters that XML does not allow.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')).collect()
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countermark_codebook::Epsilon;
    use countermark_marking::Master;

    fn meter(source: &str) -> Meter {
        Meter::of(&Master::parse(source).expect("a master"), 3, Epsilon::default())
    }

    #[test]
    fn words_stand_in_it_only_when_they_may() {
        let meter = meter("We {met|spoke} in Lisk & \"Dorn\" <today>. Nothing was \u{1}signed.");
        let hidden = svg(&meter, Words::Hidden);
        assert!(["Lisk", "Dorn", "signed"].iter().all(|word| !hidden.contains(word)));
        let shown = svg(&meter, Words::Shown);
        assert!(shown.contains("We met in Lisk &amp; \"Dorn\" &lt;today&gt;.") && shown.contains("was signed."));
        assert_eq!(shown.matches("<text").count(), shown.matches("</text>").count());
    }

    #[test]
    fn any_message_can_be_drawn() {
        for source in ["", "{a|b}", "One.", "{=name}", "\u{2014}"] {
            let drawn = svg(&meter(source), Words::Shown);
            assert!(
                drawn.ends_with("</svg>\n") && !drawn.contains("NaN") && !drawn.contains("inf"),
                "{source}: {drawn}"
            );
        }
    }
}
