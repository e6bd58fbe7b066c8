//! Which copy it is, in plain words and as a picture. Where none is named: bits observed and bits missing, and nothing else.

use countermark_office::{CodebookState, MessageFinding, Sight, SiteSeen, Weight};
use countermark_web::when;
use maud::{Markup, html};

use super::show::View;
use super::words::{self, count};
use crate::Signed;
use crate::shell::token;

/// Sites that the picture shows one by one.
const MOST: usize = 600;

/// Sites in a row of the picture.
const ROW: usize = 20;

/// The section; nothing for a case without a sealed message.
pub(super) fn section(signed: &Signed, view: &View) -> Markup {
    let Some(finding) = &view.brief.finding else { return html! {} };
    html! {
        section aria-labelledby="copy" {
            h2 #copy { "Which copy it is" }
            @match (&view.weight, view.case().named.is_empty()) {
                (Some(weight), false) => (named(view, weight)),
                (Some(weight), true) => (undecided(signed, view, finding, weight)),
                (None, _) => (nothing_to_name(finding)),
            }
        }
    }
}

fn nothing_to_name(finding: &MessageFinding) -> Markup {
    html! {
        @if finding.verdict == countermark_tracing::Verdict::Single {
            p { "One recipient holds this message, and it has no place where copies could differ: there is nothing to name. What counts is the proof and the difference." }
        } @else {
            p { "Several hold the same text: nothing in it could tell one copy from another." }
        }
    }
}

/// A copy is named.
fn named(view: &View, weight: &Weight) -> Markup {
    let case = view.case();
    let seen = weight.sites.iter().filter(|site| matches!(site.sight, Sight::Clear | Sight::Unclear)).count() as u64;
    html! {
        @if view.names {
            p.named {
                @for (at, copy) in case.named.iter().enumerate() {
                    @if at > 0 { " and " }
                    @match copy { Some(handle) => { "The copy of " strong { bdi { (view.people.get(handle).unwrap_or(handle)) } } }, None => { "The office's own " strong { "file copy" } } }
                }
                " is named."
            }
        } @else {
            p.named { "A copy is named. Whose it is, analysts and approvers see; that they looked stands in the audit trail." }
        }
        p { "The text shows " (count(seen, "place", "places")) " of " (count(weight.sites.len() as u64, "place", "places")) " where copies differ. "
            "What they show is worth " (bits(weight.observed)) @if let Some(needed) = weight.needed { "; " (bits(needed)) " were needed" } "." }
        p { "The chance that a copy is ever named of which nothing was used is at most " (weight.epsilon.to_string())
            ", fixed when the message was sealed. It speaks of the copy. Who let it out nobody can say from it: whoever held the copy or his device could have, and so could the office." }
        (gauge(weight))
        (sites(&weight.sites))
        @if let Some(reason) = case.reason.as_ref().filter(|_| view.names) { p.hint { "It was looked for because: " bdi { (reason) } } }
    }
}

/// None is named. What stands here follows from the text and the master alone.
fn undecided(signed: &Signed, view: &View, finding: &MessageFinding, weight: &Weight) -> Markup {
    let case = view.case();
    let lacking = weight.needed.map(|needed| (needed - weight.observed).max(0.0));
    html! {
        @match (finding.codebook, finding.journal_missing) {
            (CodebookState::Destroyed { at_ms }, _) => p { "No copy can be named any more: the codebook was destroyed " (when(at_ms / 1000)) ". That the text is ours, and what was changed, still holds." },
            (CodebookState::Kept, false) => {},
            (CodebookState::Kept, true) => p.alert { "No copy can be named: the journal of looks is missing or damaged. Put it back beside the vault, or restore it with " code { "vault restore --looks" } "." },
            _ => p.alert { "No copy can be named: the codebook's key is not in the key file. Put the key file back beside the vault." },
        }
        p {
            "What the text shows is worth " (bits(weight.observed)) ". "
            @match lacking {
                Some(lacking) if lacking > 0.0 => { strong { (bits(lacking)) " are missing" } " before a copy could be named." },
                Some(_) if case.reason.is_some() => "The evidence names no copy under the bound.",
                Some(_) => "That may be enough to name a copy.",
                None => "",
            }
        }
        (gauge(weight))
        (meaning(case.reason.is_some(), weight))
        p.hint { "Nothing more is shown: below the line a likeliest copy would be no evidence, and an accusation." }
        @if signed.roles.contains(&crate::Role::Analyst) && case.reason.is_none() && lacking.is_some() {
            form.fields.stack.card method="post" action={ "/cases/" (view.id) "/trace" } {
                (token(signed))
                h3 { "Look for the copy" }
                p { (words::LOOK) }
                div {
                    label for="look-reason" { "Why is it looked for?" }
                    input #look-reason type="text" name="reason" required maxlength="400" aria-describedby="look-hint";
                    p.hint #look-hint { "The reason and your name stand in the audit trail before there is an answer." }
                }
                button { "Look for the copy" }
            }
        } @else if view.names {
            @if let Some(reason) = &case.reason { p.hint { "It was looked for because: " bdi { (reason) } } }
        }
    }
}

/// What the two numbers are, and when they were counted.
fn meaning(asked: bool, weight: &Weight) -> Markup {
    html! {
        p.hint {
            strong { "Observed" } " is counted from the published text and the message alone, anew whenever this page is opened: no copy is looked at for it. "
            @match (asked, weight.look) {
                (false, _) => { strong { "Needed" } " is what a look would need now. Nobody has looked for a copy yet." },
                (true, Some((number, _))) => { strong { "Needed" } " is what look number " (number) " at this message needed, when it was taken." },
                (true, None) => { strong { "Needed" } " is what a look needs now. A copy was asked for; too little was observed, and no look was spent." },
            }
        }
    }
}

/// Bits to a tenth; what is missing stays more than nothing.
fn bits(bits: f64) -> String {
    if !bits.is_finite() {
        return "more bits than there are".to_owned();
    }
    let shown = if bits > 0.0 { ((bits * 10.0).round() / 10.0).max(0.1) } else { 0.0 };
    format!("{shown:.1} bits")
}

/// What is there against what is needed.
fn gauge(weight: &Weight) -> Markup {
    let Some(needed) = weight.needed.filter(|needed| needed.is_finite() && *needed > 0.0) else { return html! {} };
    let scale = 560.0 / (needed.max(weight.observed) * 1.1);
    let tenth = |x: f64| format!("{:.1}", x);
    let (full, line) = (tenth(weight.observed * scale), 20.0 + needed * scale);
    let label = format!("{} observed, {} needed", bits(weight.observed), bits(needed));
    html! {
        figure.figure.gauge {
            svg viewBox="0 0 600 70" role="img" aria-label=(label) {
                rect.rail x="20" y="24" width="560" height="22" rx="3" {}
                rect.there x="20" y="24" width=(full) height="22" rx="3" {}
                line.needed x1=(tenth(line)) y1="14" x2=(tenth(line)) y2="56" {}
            }
            figcaption { strong { (bits(weight.observed)) } " observed; " strong { (bits(needed)) } ", where the line stands, are needed before a copy is named." }
        }
    }
}

/// One mark a site: filled where it is seen, empty where not.
fn sites(all: &[SiteSeen]) -> Markup {
    let of = |sight| all.iter().filter(|site| site.sight == sight).count() as u64;
    let shown = all.len().min(MOST);
    let height = shown.div_ceil(ROW) * 15 + 4;
    let counts = [
        (of(Sight::Clear), "seen"),
        (of(Sight::Unclear), "seen unclearly"),
        (of(Sight::Unseen), "not seen"),
        (of(Sight::Disclosed), "shown before, and not counted"),
    ];
    let said: Vec<String> = counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    let said = said.join(", ");
    html! {
        figure.figure.sites {
            svg viewBox={ "0 0 304 " (height) } role="img" aria-label={ "Places where copies differ: " (said) } {
                @for (at, site) in all.iter().take(MOST).enumerate() {
                    @let (x, y) = (2 + at % ROW * 15, 2 + at / ROW * 15);
                    g.(class(site.sight)) {
                        rect x=(x) y=(y) width="11" height="11" rx="2" {}
                        @if site.sight == Sight::Unclear { path d={ "M" (x) " " (y + 11) "L" (x + 11) " " (y) } {} }
                        @if site.sight == Sight::Disclosed { path d={ "M" (x) " " (y) "l11 11M" (x) " " (y + 11) "l11 -11" } {} }
                    }
                }
            }
            figcaption { "The places where copies differ, in the message's order: " (said) ". Filled is seen, empty is not."
                @if all.len() > MOST { " The first " (MOST) " of " (all.len()) " are drawn." } }
        }
    }
}

fn class(sight: Sight) -> &'static str {
    match sight {
        Sight::Clear => "clear",
        Sight::Disclosed => "disclosed",
        Sight::Unclear => "unclear",
        Sight::Unseen => "unseen-site",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_stays_more_than_nothing() {
        for (given, text) in
            [(0.0, "0.0 bits"), (1e-9, "0.1 bits"), (12.34, "12.3 bits"), (f64::INFINITY, "more bits than there are")]
        {
            assert_eq!(bits(given), text);
        }
    }
}
