//! The meter beside the text: a picture, and what it means in words.

use countermark_codebook::Epsilon;
use countermark_meter::{Meter, Promise, goal, picture};
use countermark_review::{Readers, Review};
use maud::{Markup, PreEscaped, html};

use super::Loaded;

/// Larger letters are not measured part by part with every key: reading each site off a copy takes time that grows with the square of the
/// text's length.
const MOST: (usize, usize) = (500, 40_000);

/// The bound of a draft: its own, or the office's default.
pub(super) fn epsilon(text: &str) -> Epsilon {
    text.parse().unwrap_or_default()
}

/// The meter of what is accepted so far.
pub(super) fn figure(loaded: &Loaded, review: &Review) -> Markup {
    let recipients = loaded.recipients();
    let master = review.master();
    if master.sites().len() > MOST.0 || master.source().len() > MOST.1 {
        return sums(loaded, review);
    }
    let meter = Meter::of(review.master(), recipients, epsilon(&loaded.draft.epsilon));
    let chosen = !loaded.draft.to.is_empty();
    html! {
        figure #meter.figure {
            // Numbers alone: nothing of the letter stands in the picture.
            (PreEscaped(picture(&meter)))
            figcaption.stack {
                p.hint { "Two bars: the whole text pasted, and retyped. Dashed: what is needed. Below: each sentence, as high as its bits; red where it has none." }
                p {
                    strong { (meter.sites()) @if meter.sites() == 1 { " site" } @else { " sites" } (format!(", {:.1} bits", meter.bits)) }
                    (format!("; {:.1} survive retyping. ", meter.retyped.bits))
                    (format!("{:.1} are needed ", needed(&meter)))
                    "to name one of " (meter.copies) " copies"
                    @if !chosen { ", as if for " (recipients) " recipients: choose them under Hand over" }
                    "."
                }
                @if recipients == 1 {
                    p.alert { "With one recipient the proof helps, and marks do not: there is nobody else to tell him from but the office itself." }
                }
                (promises(&meter))
                (missing(&meter))
            }
        }
    }
}

/// What can be added up, for a letter that is too large for more.
fn sums(loaded: &Loaded, review: &Review) -> Markup {
    let readers = Readers { recipients: loaded.recipients(), epsilon: epsilon(&loaded.draft.epsilon) };
    let meter = countermark_review::Meter::of(review, Some(readers));
    html! {
        section #meter.card.stack aria-label="Meter" {
            p { strong { (meter.sites) " sites" (format!(", {:.1} bits", meter.bits)) } (format!("; {:.1} survive retyping.", meter.bits_surviving)) }
            @if let Some(goal) = &meter.goal {
                @match goal.sites_missing {
                    0 => p { "The whole text, unaltered, names one of " (goal.copies) " copies." },
                    missing => p { (missing) " sites of two wordings more, and the whole text names one of " (goal.copies) " copies." },
                }
            }
            p.hint { (meter.parts_without_site) " of " (meter.parts) " parts have no site. The letter is too long to be drawn part by part while one writes; `countermark strength` does it." }
        }
    }
}

fn needed(meter: &Meter) -> f64 {
    if meter.bits_needed.is_finite() { meter.bits_needed } else { f64::from(meter.sites_needed) }
}

fn promises(meter: &Meter) -> Markup {
    let share = |share: f64| match share {
        0.0 => "none".to_owned(),
        1.0 => "all".to_owned(),
        share => format!("{:.0} of 100", (share * 100.0).clamp(1.0, 99.0)),
    };
    let row = |name: &str, promise: &Promise| {
        html! {
            tr {
                th scope="row" { (name) }
                td data-label="whole text" { @if promise.certain.whole { span.tag.good { "yes" } } @else { span.tag.bad { "no" } } }
                td data-label="half of it" { (share(promise.certain.half)) }
                td data-label="one part" { (share(promise.certain.one_part)) }
            }
        }
    };
    html! {
        table.list {
            caption { "What names a copy for certain, every site intact" }
            thead { tr { td {} th scope="col" { "whole text" } th scope="col" { "half of it" } th scope="col" { "one part" } } }
            tbody { (row("pasted", &meter.all)) (row("retyped", &meter.retyped)) }
        }
    }
}

/// What is still to do.
fn missing(meter: &Meter) -> Markup {
    let bare: Vec<String> = meter.siteless().map(|part| part.number.to_string()).collect();
    let short = bare.iter().take(12).cloned().collect::<Vec<_>>().join(", ");
    html! {
        @if let Some(step) = meter.next_step() {
            p {
                "Next: "
                @match step.sites.unwrap_or(0) { 1 => { "1 site of two wordings more" } sites => { (sites) " sites of two wordings more" } }
                ", and " (goal(step.goal)) "."
            }
        }
        @if !bare.is_empty() && meter.words > 0 {
            p.hint { @if bare.len() == 1 { "Without a site: part " } @else { "Without a site: parts " } (short) @if bare.len() > 12 { " and " (bare.len() - 12) " more" } "." }
        }
    }
}
