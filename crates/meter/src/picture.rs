//! The small picture beside an editor: the whole text as a bar, the sentences as a strip. Drawn with classes alone, so that the page's
//! stylesheet decides about colours, in the light and in the dark.
//!
//! Classes: `kept` bits that survive retyping, `lost` those that do not, `bare` a sentence without a site, `needed` the line that must be
//! reached, `axis`.

use std::fmt::Write as _;

use crate::Meter;

const WIDTH: f64 = 320.0;
const HEIGHT: f64 = 132.0;
/// Where the bars of the whole text stand.
const BARS: [f64; 2] = [6.0, 26.0];
const BAR: f64 = 14.0;
/// The strip's base line, and how high it may become.
const BASE: f64 = 118.0;
const STRIP: f64 = 66.0;

/// Draws what is certain of a message, 320 by 132. No text stands in it but what a reader who can't see it is told.
pub fn picture(meter: &Meter) -> String {
    let mut out = format!(
        "<svg class=\"meter\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{:.1} of {:.1} bits; {:.1} survive retyping; {} of {} sentences without a site\">",
        meter.all.bits,
        meter.line(),
        meter.retyped.bits,
        meter.siteless().count(),
        meter.parts.iter().filter(|part| part.words > 0).count(),
    );
    let most = meter.line().max(meter.all.bits).max(1.0) * 1.04;
    let x = |bits: f64| bits / most * WIDTH;
    rect(&mut out, "kept", (0.0, BARS[0]), (x(meter.retyped.bits), BAR));
    rect(&mut out, "lost", (x(meter.retyped.bits), BARS[0]), (x(meter.all.bits - meter.retyped.bits), BAR));
    rect(&mut out, "kept", (0.0, BARS[1]), (x(meter.retyped.bits), BAR));
    line(&mut out, "needed", (x(meter.line()), BARS[0] - 4.0), (x(meter.line()), BARS[1] + BAR + 4.0));
    strip(&mut out, meter);
    out.push_str("</svg>");
    out
}

/// The sentences: as wide as their words, as high as their bits.
fn strip(out: &mut String, meter: &Meter) {
    let most = meter.parts.iter().map(|part| part.bits).fold(meter.line(), f64::max).max(1.0) * 1.04;
    let (mut at, all) = (0, meter.words.max(1) as f64);
    for part in meter.parts.iter().filter(|part| part.words > 0) {
        let (from, to) = (at as f64 / all * WIDTH, (at + part.words) as f64 / all * WIDTH);
        at += part.words;
        let width = (to - from - if to - from > 4.0 { 1.0 } else { 0.0 }).max(0.5);
        if part.sites == 0 {
            rect(out, "bare", (from, BASE + 3.0), (width, 5.0));
            continue;
        }
        let (kept, whole) = (part.bits_surviving / most * STRIP, part.bits / most * STRIP);
        rect(out, "kept", (from, BASE - kept), (width, kept));
        rect(out, "lost", (from, BASE - whole), (width, whole - kept));
    }
    line(out, "axis", (0.0, BASE), (WIDTH, BASE));
    let needed = BASE - meter.line() / most * STRIP;
    line(out, "needed", (0.0, needed), (WIDTH, needed));
}

fn rect(out: &mut String, class: &str, (x, y): (f64, f64), (width, height): (f64, f64)) {
    if width > 0.0 && height > 0.0 {
        let _ = write!(
            out,
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/>"
        );
    }
}

fn line(out: &mut String, class: &str, from: (f64, f64), to: (f64, f64)) {
    let _ = write!(
        out,
        "<line class=\"{class}\" x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\"/>",
        from.0, from.1, to.0, to.1
    );
}

#[cfg(test)]
mod tests {
    use countermark_codebook::Epsilon;
    use countermark_marking::Master;

    use super::*;

    #[test]
    fn any_message_is_drawn_without_a_colour_or_a_word_of_it() {
        for source in ["", "{a|b}", "One.", "{=name}", "We {met|spoke} in Lisk. <b>\"Nothing\"</b> was signed."] {
            let drawn = picture(&Meter::of(&Master::parse(source).expect("a master"), 3, Epsilon::default()));
            assert!(drawn.starts_with("<svg class=\"meter\"") && drawn.ends_with("</svg>"), "{drawn}");
            for absent in ["NaN", "inf", "fill", "style", "#", "Lisk", "<b>"] {
                assert!(!drawn.contains(absent), "{source}: {absent} in {drawn}");
            }
        }
    }

    #[test]
    fn a_sentence_without_a_site_is_shown_as_such() {
        let drawn = |source| picture(&Meter::of(&Master::parse(source).expect("a master"), 3, Epsilon::default()));
        assert!(drawn("We {met|spoke} in Lisk. Nothing was signed.").contains("class=\"bare\""));
        assert!(!drawn("We {met|spoke} in Lisk.").contains("class=\"bare\""));
    }
}
