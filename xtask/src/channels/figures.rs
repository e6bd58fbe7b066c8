//! What was counted, as a page and for the strength meter.

use std::fmt::Write as _;

use serde_json::json;

use super::apply::Channel;
use super::archive::{Cell, Group};
use super::controls::Control;
use super::peers::Peer;
use super::tally::{Count, Key, Set, Tally};
use super::{EPSILON, Scope};
use crate::interval;

/// The level of the limits of wrong names.
const LEVEL: f64 = 0.05;

/// The chance that a row fails which keeps its bound.
const ALARM: f64 = 1e-4;

/// Everything that was measured.
pub(crate) struct Figures<'a> {
    pub(crate) cells: &'a [Cell],
    pub(crate) tally: &'a Tally,
    pub(crate) controls: &'a [Control],
    pub(crate) peers: &'a [Peer],
    pub(crate) notes: &'a [String],
    pub(crate) scope: Scope,
}

/// The three rows of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Texts {
    Plain,
    Written,
    Certain,
}

impl Texts {
    pub(crate) const ALL: [Self; 3] = [Self::Plain, Self::Written, Self::Certain];

    fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Written => "written",
            Self::Certain => "certain",
        }
    }

    fn holds(self, key: &Key) -> bool {
        match self {
            Self::Plain => key.set == Set::Plain,
            Self::Written => key.set == Set::Written,
            Self::Certain => key.certain,
        }
    }
}

impl Figures<'_> {
    /// What was counted of a channel.
    pub(crate) fn count(&self, channel: Channel, copies: u32, texts: Texts) -> Count {
        self.tally.sum(|key| key.channel == channel && key.copies == copies && texts.holds(key))
    }

    /// Fails when more wrong names were given than the bound allows.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        let bound = EPSILON.parse::<f64>()?;
        let above = |wrong: u64, trials: u64| interval::lower(wrong, trials, ALARM) > bound;
        for cell in self.cells {
            for channel in Channel::ALL {
                let count = self.tally.sum(|key| key.channel == channel && key.copies == cell.copies);
                let (wrong, trials) = (count.wrong, count.trials());
                anyhow::ensure!(!above(wrong, trials), "{}: {wrong} wrong names in {trials}", channel.name());
            }
        }
        for control in self.controls {
            let (wrong, trials) = (control.wrong, control.sealings);
            anyhow::ensure!(!above(wrong, trials), "{}: {wrong} wrong names in {trials}", control.name);
        }
        Ok(())
    }

    /// A few lines for a sample.
    pub(crate) fn brief(&self) -> String {
        let mut out = String::new();
        for cell in self.cells {
            let all = self.tally.sum(|key| key.copies == cell.copies);
            let (named, wrong) = self
                .controls
                .iter()
                .filter(|control| control.copies == cell.copies)
                .fold((0, 0), |(named, wrong), control| (named + control.sealings, wrong + control.wrong));
            let _ = writeln!(
                out,
                "{} copies: {} texts, {} right, {} wrong, {} undecided; {named} looks at nobody's copy, {wrong} wrong",
                cell.copies,
                all.trials(),
                all.right,
                all.wrong,
                all.undecided
            );
        }
        out
    }

    /// The figures that the strength meter carries along: each message once a channel, so that they are independent, and by
    /// the meter's own sets, which do not overlap.
    pub(crate) fn json(&self) -> String {
        let mut rows = Vec::new();
        for texts in Texts::ALL {
            for cell in self.cells {
                for channel in Channel::ALL {
                    let alike = |key: &Key| match texts {
                        Texts::Certain => key.whole,
                        texts => !key.whole && texts.holds(key),
                    };
                    let count = self
                        .tally
                        .sum(|key| key.first && key.channel == channel && key.copies == cell.copies && alike(key));
                    if count.trials() > 0 {
                        rows.push(format!(
                            "  {}",
                            json!({"channel": channel.name(), "copies": cell.copies, "set": texts.name(), "texts": count.trials(),
                                   "right": count.right, "wrong": count.wrong, "undecided": count.undecided})
                        ));
                    }
                }
            }
        }
        format!("{{\"epsilon\":\"{EPSILON}\",\"rows\":[\n{}\n]}}\n", rows.join(",\n"))
    }

    /// The page.
    pub(crate) fn page(&self) -> anyhow::Result<String> {
        let mut out = HEAD.to_owned();
        let Scope { seals, keys, seed, .. } = self.scope;
        write!(out, "\nSeals a message: {seals}; keys a control: {keys}; seed {seed}.\n")?;
        for note in self.notes {
            write!(out, "\n{note}\n")?;
        }
        self.goals(&mut out)?;
        self.overview(&mut out)?;
        self.channels(&mut out)?;
        self.groups(&mut out)?;
        self.peers(&mut out)?;
        self.controls(&mut out)?;
        Ok(out)
    }

    /// What is to be reached, beside what was.
    fn goals(&self, out: &mut String) -> anyhow::Result<()> {
        for (cell, goal) in self.cells.iter().zip(GOALS) {
            let wanted = (Channel::Retyped, Set::Written, true, cell.copies);
            let count = self.tally.sum(|key| (key.channel, key.set, key.long, key.copies) == wanted);
            if count.trials() > 0 {
                let share = 100.0 * count.share();
                let n = cell.copies;
                write!(
                    out,
                    "\nWritten texts above 80 words, retyped whole, n = {n}: {share:.1} % right (to reach: {goal}).\n"
                )?;
            }
        }
        Ok(())
    }

    /// How many texts there are, and of how many the meter is certain.
    fn overview(&self, out: &mut String) -> anyhow::Result<()> {
        out.push_str("\n## The texts\n\n| texts | n | messages | not sealable | certain as a whole, pasted | retyped |\n|---|---:|---:|---:|---:|---:|\n");
        for (set, group, name) in GROUPS {
            for cell in self.cells {
                let of = |channel: Channel, certain: Option<bool>| {
                    self.tally.sum(|key| {
                        (key.set, key.group, key.copies, key.channel) == (set, group, cell.copies, channel)
                            && key.first
                            && certain.is_none_or(|certain| key.certain == certain)
                    })
                };
                let all = of(Channel::Pasted, None);
                let pasted = of(Channel::Pasted, Some(true)).trials();
                let retyped = of(Channel::Retyped, Some(true)).trials();
                writeln!(
                    out,
                    "| {name} | {} | {} | {} | {pasted} | {retyped} |",
                    cell.copies,
                    all.trials(),
                    all.unsealed
                )?;
            }
        }
        Ok(())
    }

    /// The large table.
    fn channels(&self, out: &mut String) -> anyhow::Result<()> {
        out.push_str("\n## Channel by channel\n\n| channel | texts |");
        for cell in self.cells {
            write!(
                out,
                " n = {}: traced | promised % | right % | from | to | undecided % | wrong | wrong at most % |",
                cell.copies
            )?;
        }
        out.push_str("\n|---|---|");
        out.push_str(&"---:|---:|---:|---:|---:|---:|---:|---:|".repeat(self.cells.len()));
        out.push('\n');
        for channel in Channel::ALL {
            for texts in Texts::ALL {
                write!(out, "| {} | {} |", channel.name(), texts.name())?;
                for cell in self.cells {
                    let of = |key: &Key| key.channel == channel && key.copies == cell.copies && texts.holds(key);
                    let promised = self.tally.sum(|key| of(key) && key.certain).trials();
                    let firsts = self.tally.sum(|key| of(key) && key.first).trials();
                    columns(out, &self.tally.sum(of), promised, firsts)?;
                }
                out.push('\n');
            }
        }
        Ok(())
    }

    /// Letters and messages apart, and those of more than 80 words.
    fn groups(&self, out: &mut String) -> anyhow::Result<()> {
        out.push_str("\n## Letters and short messages apart\n\nRight names in per cent, all seals.\n\n| channel |");
        for (_, _, name) in GROUPS {
            for cell in self.cells {
                write!(out, " {name}, n = {} |", cell.copies)?;
            }
        }
        for cell in self.cells {
            write!(out, " written, above 80 words, n = {} |", cell.copies)?;
        }
        out.push_str("\n|---|");
        out.push_str(&"---:|".repeat(self.cells.len() * (GROUPS.len() + 1)));
        out.push('\n');
        for channel in Channel::ALL {
            write!(out, "| {} |", channel.name())?;
            let shown = |count: Count| match count.trials() {
                0 => "-".to_owned(),
                _ => format!("{:.1}", 100.0 * count.share()),
            };
            for (set, group, _) in GROUPS {
                for cell in self.cells {
                    let wanted = (channel, set, group, cell.copies);
                    let count = self.tally.sum(|key| (key.channel, key.set, key.group, key.copies) == wanted);
                    write!(out, " {} |", shown(count))?;
                }
            }
            for cell in self.cells {
                let wanted = (channel, Set::Written, true, cell.copies);
                let count = self.tally.sum(|key| (key.channel, key.set, key.long, key.copies) == wanted);
                write!(out, " {} |", shown(count))?;
            }
            out.push('\n');
        }
        Ok(())
    }

    fn peers(&self, out: &mut String) -> anyhow::Result<()> {
        if self.peers.is_empty() {
            return Ok(());
        }
        out.push_str(PEERS);
        let versions: Vec<String> = self.peers.iter().map(|peer| format!("{} {}", peer.name, peer.version)).collect();
        write!(out, "Versions: {}.\n\n| channel |", versions.join(", "))?;
        for peer in self.peers {
            for cell in self.cells {
                write!(out, " {}, n = {} |", peer.name, cell.copies)?;
            }
        }
        out.push_str("\n|---|");
        out.push_str(&"---:|".repeat(self.cells.len() * self.peers.len()));
        out.push('\n');
        for channel in Channel::ALL {
            write!(out, "| {} |", channel.name())?;
            for peer in self.peers {
                for cell in self.cells {
                    let count = peer.count(channel, cell.copies);
                    match count.trials() {
                        0 => out.push_str(" - |"),
                        _ => write!(out, " {} / {} / {} |", count.right, count.wrong, count.undecided)?,
                    }
                }
            }
            out.push('\n');
        }
        Ok(())
    }

    fn controls(&self, out: &mut String) -> anyhow::Result<()> {
        out.push_str(CONTROLS);
        for control in self.controls {
            writeln!(
                out,
                "| {} | {} | {} | {} | {} | {:.2} | {:.4} |",
                control.name,
                control.copies,
                control.texts,
                control.sealings,
                control.wrong,
                control.expected,
                100.0 * interval::upper(control.wrong, control.sealings, LEVEL)
            )?;
        }
        let (wrong, sealings) =
            self.controls.iter().fold((0, 0), |(wrong, all), control| (wrong + control.wrong, all + control.sealings));
        writeln!(
            out,
            "\nAll controls together: {wrong} wrong names under {sealings} sealings, with 95 % confidence at most {:.4} %; the bound allows {:.4} %.",
            100.0 * interval::upper(wrong, sealings, LEVEL),
            100.0 * EPSILON.parse::<f64>()?
        )?;
        Ok(())
    }
}

impl Peer {
    /// What was counted of a channel.
    pub(crate) fn count(&self, channel: Channel, copies: u32) -> Count {
        let mut sum = Count::default();
        let rows = self.rows.iter().filter(|row| row.channel == channel && row.copies == copies);
        rows.for_each(|row| sum.add(&row.count));
        sum
    }
}

/// Share, interval and limit of a count; the interval counts each message once.
fn columns(out: &mut String, count: &Count, promised: u64, messages: u64) -> anyhow::Result<()> {
    let trials = count.trials();
    if trials == 0 {
        out.push_str(" 0 | - | - | - | - | - | - | - |");
        return Ok(());
    }
    let per_cent = |part: u64| 100.0 * part as f64 / trials as f64;
    // The seals of a message are alike: what is independent are the messages.
    let messages = usize::try_from(messages.max(1))?;
    let (low, high) = interval::wilson((count.share() * messages as f64).round() as usize, messages);
    let (low, high) = (low.min(count.share()), high.max(count.share()));
    write!(
        out,
        " {trials} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {} | {:.3} |",
        per_cent(promised),
        per_cent(count.right),
        100.0 * low,
        100.0 * high,
        per_cent(count.undecided),
        count.wrong,
        100.0 * interval::upper(count.wrong, trials, LEVEL)
    )?;
    Ok(())
}

const GROUPS: [(Set, Group, &str); 4] = [
    (Set::Plain, Group::Letter, "plain letters"),
    (Set::Plain, Group::Message, "plain messages"),
    (Set::Written, Group::Letter, "written letters"),
    (Set::Written, Group::Message, "written messages"),
];

/// To reach, in per cent, by number of copies.
const GOALS: [u32; 2] = [90, 70];

const HEAD: &str = "# What survives which channel

Rebuilt by `bench/channels/run`. Letters of 60 to 250 words that no rule was tuned on, and short messages, are marked and
sealed for n codewords (7 or 63 recipients and the file copy) at epsilon 1e-4, without the line below the text. One
recipient's copy goes through a channel and is traced as the office traces: an index over all messages of its set, then the
first look, epsilon shared by as many messages as the text could name. *Right*: the copy that was used is named and nobody
else (of mixed copies: one or more of those mixed). *Wrong*: anybody else is named. *Undecided*: nobody is. A message with
fewer texts than codewords cannot be sealed and counts as undecided.

*Plain* texts are marked by the English pack with `--accept all`; *written* ones were finished by a writer with sites of
his own. *Certain* are those trials, of both, of which the strength meter says before sealing that a copy is named: by all
sites where the channel only copies, by those that survive retyping elsewhere; of quotations by the sites of the parts that
they hold wholly. *Promised* is their share. The meter promises nothing where words are changed, deleted or mixed; how often
it comes right all the same stands here. Each message is sealed several times; *from* and *to* are the 95 % limits of the
right share (Wilson) with each message counted once, *wrong at most* is the upper 95 % limit (Clopper and Pearson).

The file for the strength meter counts each message once a channel, and parts the texts as the meter does: certain are those
that retyped as a whole are certain, plain and written the others.
";

const PEERS: &str = "
## Beside other tools

20 letters and 20 short messages carry a recipient's number, hidden by each tool; what stands in a cell is right / wrong /
undecided (nothing found, or no recipient's number). A screenshot was taken of every fourth. What is hidden in characters
that nobody sees names the recipient of any text, however short, as long as the text is handed on as a file; nothing is left
of it once somebody types or photographs the text or cleans it. None of these tools bounds how often it names a wrong one.

";

const CONTROLS: &str = "
## Nobody's copy

Pasted and retyped, each under several fresh keys. Whoever is named here is named wrongly; the expected number is the exact
chance, summed.

| text | n | texts | sealings | wrong | expected | wrong at most % |
|---|---:|---:|---:|---:|---:|---:|
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_meters_rows_do_not_overlap_and_count_each_message_once() {
        let mut tally = Tally::default();
        let right = Count { right: 1, ..Count::default() };
        let none = Count { undecided: 1, ..Count::default() };
        for (set, whole, first, count) in [
            (Set::Plain, true, true, right),
            (Set::Plain, false, true, none),
            (Set::Plain, false, false, none),
            (Set::Written, true, true, none),
            (Set::Written, false, true, right),
        ] {
            let key = Key {
                channel: Channel::Retyped,
                copies: 8,
                set,
                group: Group::Letter,
                long: true,
                certain: whole,
                whole,
                first,
            };
            tally.note(key, &count);
        }
        let cells = [Cell { copies: 8, epsilon: EPSILON.parse().expect("a bound") }];
        let scope = Scope { seed: 1, stride: 1, seals: 2, keys: 1 };
        let figures = Figures { cells: &cells, tally: &tally, controls: &[], peers: &[], notes: &[], scope };
        let json: serde_json::Value = serde_json::from_str(&figures.json()).expect("JSON");
        let rows: Vec<(&str, u64, u64)> = json["rows"]
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| {
                let number = |name: &str| row[name].as_u64().expect("a number");
                assert_eq!(number("texts"), number("right") + number("wrong") + number("undecided"));
                (row["set"].as_str().expect("a set"), number("texts"), number("right"))
            })
            .collect();
        assert_eq!(rows, [("plain", 1, 0), ("written", 1, 1), ("certain", 2, 1)]);
        let page = figures.page().expect("a string takes all");
        // Certain by channel: both that the meter promised, one of them right.
        assert!(page.contains("| retyped | certain | 2 | 100.0 | 50.0 |"), "{page}");
        assert!(page.contains("above 80 words, retyped whole, n = 8: 50.0 % right (to reach: 90)"), "{page}");
    }

    #[test]
    fn more_wrong_names_than_the_bound_allows_are_no_figures() {
        let cells = [Cell { copies: 8, epsilon: EPSILON.parse().expect("a bound") }];
        let scope = Scope { seed: 1, stride: 1, seals: 1, keys: 1 };
        let control = |wrong| Control { name: "a control", copies: 8, texts: 1, sealings: 1000, wrong, expected: 0.0 };
        for (wrong, holds) in [(0, true), (1, true), (9, false)] {
            let controls = [control(wrong)];
            let tally = Tally::default();
            let figures = Figures { cells: &cells, tally: &tally, controls: &controls, peers: &[], notes: &[], scope };
            assert_eq!(figures.check().is_ok(), holds, "{wrong}");
        }
    }
}
