//! A report, read: quotations, notes, contradictions, and what is given to whom.

use countermark_text::Span;
use serde::Serialize;

use crate::contradiction::{self, Contradiction};
use crate::names::Likeness;
use crate::quotation::{How, Quotation};
use crate::{Names, Note, note, quotation};

/// The longest text that is read as a report: 2 MiB. The rest is cut.
pub const LONGEST_REPORT: usize = 2 << 20;

/// What a report says. Spans are bytes of its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The language it was read in: `en`, `de`, `fr`, `ru`.
    pub language: &'static str,
    /// The direct quotations, in order.
    pub quotations: Vec<Quotation>,
    /// What stands in marks and was taken for no quotation: titles, names, words held at arm's length.
    pub phrases: Vec<Span>,
    /// The update notes, in order.
    pub notes: Vec<Note>,
    /// What contradicts itself, as far as the text alone shows it.
    pub contradictions: Vec<Contradiction>,
}

/// Reads a report. Names help to know a name for one; without any the reader goes by capitals.
pub fn report(text: &str, names: &Names) -> Report {
    report_after(text, None, names)
}

/// Reads a report of which an earlier version is there: what its update note says is held against the difference.
pub fn report_after(text: &str, earlier: Option<&str>, names: &Names) -> Report {
    let text = crate::html::cut(text, LONGEST_REPORT);
    let earlier = earlier.map(|earlier| crate::html::cut(earlier, LONGEST_REPORT));
    let found = quotation::quotations(text, names);
    let notes = note::notes(text);
    let mut contradictions = contradiction::among(text, &found.quotations);
    contradictions.extend(note::check(text, earlier, &notes));
    Report {
        language: quotation::language(text).code(),
        quotations: found.quotations,
        phrases: found.phrases,
        notes,
        contradictions,
    }
}

/// A quotation that a report gives to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Attributed {
    /// The quotation's number in the report.
    pub quotation: usize,
    /// The person's number.
    pub person: usize,
    /// How sure.
    pub strength: Strength,
}

/// How sure it is that a report gives a quotation to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// By a pronoun, by what stood before, or by the surname alone.
    Uncertain,
    /// Its sentence names him, and the report calls him by his full name.
    Certain,
}

/// The quotations that a report gives to one of the names, in order.
#[must_use]
pub fn attributed_to(report: &Report, names: &Names) -> Vec<Attributed> {
    let attributed = |(number, quotation): (usize, &Quotation)| {
        let speaker = quotation.speaker.as_ref().filter(|speaker| speaker.how != How::Role)?;
        let (person, likeness) = names.find(&speaker.name)?;
        let certain = speaker.how == How::Named && likeness == Likeness::Full;
        let strength = if certain { Strength::Certain } else { Strength::Uncertain };
        Some(Attributed { quotation: number, person, strength })
    };
    report.quotations.iter().enumerate().filter_map(attributed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_to_the_writer() {
        let mut names = Names::new();
        names.add("Arne Holm", ["Арне Хольм"]);
        let cases = [
            ("President Arne Holm said: “The harbour stays closed.”", vec![Strength::Certain]),
            ("Arne Holm came. “The harbour stays closed,” he said.", vec![Strength::Uncertain]),
            ("“The harbour stays closed,” Holm said.", vec![Strength::Uncertain]),
            ("Arne Holm came. “The harbour stays closed,” Holm said.", vec![Strength::Certain]),
            ("Erik Holm came. “The harbour stays closed,” Holm said.", vec![]),
            ("Arne Holm's spokesman said: “The harbour stays closed.”", vec![]),
            ("A spokeswoman for Arne Holm said: “The harbour stays closed.”", vec![]),
            ("Ina Velt told Arne Holm: “The harbour stays closed.”", vec![]),
            ("“The harbour stays closed,” Ina Velt said in a letter to Arne Holm.", vec![]),
            ("Ina Velt said Arne Holm had no plan. “The harbour stays closed,” she said.", vec![]),
            ("«Гавань закрыта», — написал Арне Хольм.", vec![Strength::Certain]),
            ("Ина Вельт написала Арне Хольму: «Гавань закрыта».", vec![]),
        ];
        for (text, expected) in cases {
            let found: Vec<Strength> =
                attributed_to(&report(text, &names), &names).iter().map(|a| a.strength).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
