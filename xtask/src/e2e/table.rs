//! What was counted, as tables.

use std::fmt::Write as _;

use countermark_codebook::{Observations, can_name};

use super::desk::{Cell, Count};
use super::letters::{Letter, MASTERS, ROUNDS};
use super::texts::{Channel, Kind};
use super::{Arguments, Tally, stride};
use crate::interval;

/// The chance that a limit is passed, on either side.
const LEVEL: f64 = 0.001;

/// How many standard deviations a total may lie away from what must come by chance.
const DEVIATIONS: f64 = 5.0;

/// All tables, and how many of their rows are other than they must be.
pub(crate) struct Report {
    pub(crate) text: String,
    pub(crate) wrong: usize,
}

/// Writes everything.
pub(crate) fn report(arguments: &Arguments, letters: &[Letter], cells: &[Cell], tally: &Tally) -> Report {
    let mut report = Report { text: head(arguments, letters.len().div_ceil(stride(arguments)), tally), wrong: 0 };
    report.masters(letters, cells);
    report.section(
        "Texts that are nobody's copy",
        "*All* texts, then those of one kind, through every channel, then those through one channel, of every kind.\n\n",
    );
    report.columns(NOBODYS);
    for (number, cell) in cells.iter().enumerate() {
        let total = sum(&tally.nobodys, |at| at.2 == number);
        report.nobodys("**all**", cell, &total);
        report.near(&total);
    }
    for (kind, name) in Kind::ALL.into_iter().map(Kind::name).enumerate() {
        for (number, cell) in cells.iter().enumerate() {
            report.nobodys(name, cell, &sum(&tally.nobodys, |at| at.0 == kind && at.2 == number));
        }
    }
    for (channel, name) in Channel::ALL.into_iter().map(Channel::name).enumerate() {
        for (number, cell) in cells.iter().enumerate() {
            report.nobodys(name, cell, &sum(&tally.nobodys, |at| at.1 == channel && at.2 == number));
        }
    }
    report.section("True copies through the same channels", COPIES_TEXT);
    report.columns(COPIES);
    for (number, cell) in cells.iter().enumerate() {
        let total = sum(&tally.copies, |at| at.2 == number);
        report.copies("**all**", cell, &total);
        report.near(&total);
    }
    for (channel, name) in Channel::ALL.into_iter().map(Channel::name).enumerate() {
        for (number, cell) in cells.iter().enumerate() {
            report.copies(name, cell, &sum(&tally.copies, |at| at.1 == channel && at.2 == number));
        }
    }
    let wrong = report.wrong;
    let _ = writeln!(report.text, "\n{wrong} rows other than they must be.");
    report
}

const NOBODYS: &str = "| text or channel | n | epsilon | texts | found | sealings | looks taken | named | by chance | share / epsilon | limit / epsilon | limit over looks / epsilon | verdict |\n\
    |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|\n";

const COPIES_TEXT: &str = "One copy leaks; the codewords of all others are drawn anew for each sealing. *Wrong*: another copy is named, with\n\
    the right one or without it; share and limit are those of wrong names. Under *could name*, *right*, *undecided* and\n\
    *wrong* stand shares of the sealings, in per cent. What a channel leaves undecided shows too few sites to name\n\
    anybody, or too many that were altered: *could name* is the share in which the sites seen could. That the right\n\
    copies are named is also the control of the tables above: a tie between text and key would be seen.\n\n";

const COPIES: &str = "| channel | n | epsilon | texts | sealings | could name | right | undecided | wrong | wrong names | by chance | share / epsilon | limit / epsilon | verdict |\n\
    |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|\n";

fn head(arguments: &Arguments, letters: usize, tally: &Tally) -> String {
    let command = if arguments.sample { "cargo xtask e2e --sample" } else { "cargo xtask e2e" };
    let texts = sum(&tally.nobodys, |at| at.2 == 0).texts;
    let copies: u64 = sum(&tally.copies, |at| at.2 == 0).texts;
    format!(
        "# G1 end to end: real letters\n\n\
         Rebuilt by `{command} --out FILE`, seed {}. {letters} real letters (40 to 400 words) are marked, sealed and traced\n\
         through the pure crates: rules, master, codebook, tracer, look. {texts} texts that are nobody's copy are each\n\
         traced to a letter; beside them {copies} true copies for each n. Every look is look 1 under a key of its own,\n\
         where the bound is epsilon/2; the smaller epsilon, the more keys a text is looked at under.\n\n\
         *Found*: texts in which a passage of the letter was found. *Looks taken*: sealings in which the sites seen\n\
         could name at all. *Named*: sealings in which any copy was named. *By chance*: how many must be, the sum of\n\
         the exact chances of the looks. *Limit* is the upper 99.9 % limit of the named sealings' share (Clopper and\n\
         Pearson), of all sealings and of the looks taken. *below*: the limit of all sealings is below epsilon;\n\
         *within*: there were too few sealings for that, and the share is not above epsilon by more than chance; *ABOVE*:\n\
         the lower 99.9 % limit is above epsilon. A total more than {DEVIATIONS} standard deviations away from what must\n\
         come by chance counts as wrong too.\n\n",
        arguments.seed,
    )
}

impl Report {
    fn section(&mut self, title: &str, text: &str) {
        let _ = write!(self.text, "\n## {title}\n\n{text}");
    }

    fn columns(&mut self, columns: &str) {
        self.text.push_str(columns);
    }

    /// What the masters can do before anything happens to a text.
    fn masters(&mut self, letters: &[Letter], cells: &[Cell]) {
        self.section(
            "Masters",
            "Each letter is marked three times: with all that the English pack proposes; and with sites added at frequent\n\
             words, which stand in for those that a writer adds by hand, and a field for the salutation. *Texts* a kind and\n\
             channel are traced to each. *Can name*: the share of the letters whose whole text, every site seen, could\n\
             name a copy, in per cent. A master with fewer texts than copies cannot be sealed and is left out.\n\n",
        );
        self.columns("| sites | texts | median number | median bits |");
        for cell in cells {
            let _ = write!(self.text, " can name: n = {}, {} |", cell.copies, cell.epsilon);
        }
        let _ = writeln!(self.text, "\n|---|{}", "---:|".repeat(3 + cells.len()));
        for (which, name) in MASTERS.into_iter().enumerate() {
            let mut bits: Vec<f64> = letters.iter().map(|letter| letter.masters[which].bits()).collect();
            bits.sort_by(f64::total_cmp);
            let mut sites: Vec<usize> = letters.iter().map(|letter| letter.masters[which].alternatives.len()).collect();
            sites.sort_unstable();
            let _ = write!(
                self.text,
                "| {name} | {} | {} | {:.1} |",
                ROUNDS[which],
                sites[sites.len() / 2],
                bits[bits.len() / 2]
            );
            for cell in cells {
                let able = letters.iter().filter(|letter| whole_names(letter, which, cell)).count();
                let _ = write!(self.text, " {:.1} |", 100.0 * able as f64 / letters.len() as f64);
            }
            self.text.push('\n');
        }
    }

    fn nobodys(&mut self, name: &str, cell: &Cell, count: &Count) {
        let epsilon = cell.epsilon.value();
        let verdict = self.verdict(count, epsilon);
        let _ = writeln!(
            self.text,
            "| {name} | {} | {} | {} | {} | {} | {} | {} | {:.1} | {:.2} | {:.2} | {} | {verdict} |",
            cell.copies,
            cell.epsilon,
            count.texts,
            count.matched,
            count.sealings,
            count.looks,
            count.wrong,
            count.expected,
            count.wrong as f64 / count.sealings as f64 / epsilon,
            interval::upper(count.wrong, count.sealings, LEVEL) / epsilon,
            match count.looks {
                0 => "–".to_owned(),
                looks => format!("{:.2}", interval::upper(count.wrong, looks, LEVEL) / epsilon),
            },
        );
    }

    fn copies(&mut self, name: &str, cell: &Cell, count: &Count) {
        let epsilon = cell.epsilon.value();
        let verdict = self.verdict(count, epsilon);
        let share = |part: u64| 100.0 * part as f64 / count.sealings as f64;
        let named = count.right + count.wrong_alone;
        let _ = writeln!(
            self.text,
            "| {name} | {} | {} | {} | {} | {:.1} | {:.1} | {:.1} | {:.4} | {} | {:.1} | {:.2} | {:.2} | {verdict} |",
            cell.copies,
            cell.epsilon,
            count.texts,
            count.sealings,
            share(count.looks),
            share(count.right),
            share(count.sealings - named),
            share(count.wrong),
            count.wrong,
            count.expected,
            count.wrong as f64 / count.sealings as f64 / epsilon,
            interval::upper(count.wrong, count.sealings, LEVEL) / epsilon,
        );
    }

    fn verdict(&mut self, count: &Count, epsilon: f64) -> &'static str {
        if interval::upper(count.wrong, count.sealings, LEVEL) <= epsilon {
            "below"
        } else if interval::lower(count.wrong, count.sealings, LEVEL) > epsilon {
            self.wrong += 1;
            "ABOVE"
        } else {
            "within"
        }
    }

    /// Whether a total is what must come by chance.
    fn near(&mut self, total: &Count) {
        let deviation = (total.wrong as f64 - total.expected).abs() / total.expected.max(1.0).sqrt();
        if deviation > DEVIATIONS {
            self.wrong += 1;
            let _ = writeln!(self.text, "| the row above is {deviation:.1} standard deviations away |");
        }
    }
}

fn whole_names(letter: &Letter, which: usize, cell: &Cell) -> bool {
    let marked = &letter.masters[which];
    let mut seen = Observations::nothing(marked.alternatives.len());
    for (site, &q) in marked.alternatives.iter().enumerate() {
        let mut likelihoods = vec![0; usize::from(q)];
        likelihoods[0] = 1;
        seen.sight(site, &likelihoods);
    }
    can_name(&marked.alternatives, &seen, &[], &cell.settings(), 1, 1)
}

/// The sum of the counts at the places (kind, channel, cell) that `keep` chooses.
fn sum(
    counts: &std::collections::BTreeMap<(usize, usize, usize), Count>,
    keep: impl Fn(&(usize, usize, usize)) -> bool,
) -> Count {
    let mut total = Count::default();
    counts.iter().filter(|(at, _)| keep(at)).for_each(|(_, count)| total.add(count));
    total
}
