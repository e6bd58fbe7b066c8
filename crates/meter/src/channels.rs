//! What was measured: how often a copy is named in the project's bench, channel by channel.
//!
//! The bench writes its figures into one JSON file (`{"epsilon", "rows": [{"channel", "copies", "set", "texts", "right", "wrong",
//! "undecided"}]}`), which the program carries along. A message is shown the rows of the texts that are like it: of the
//! [`Set`] into which the meter puts it, and of the nearest number of copies that is not smaller.

use countermark_codebook::Epsilon;
use countermark_marking::Class;
use serde::Deserialize;

use crate::Meter;

/// The figures of the bench.
#[derive(Clone, Debug, PartialEq)]
pub struct Channels {
    epsilon: Epsilon,
    rows: Vec<Row>,
}

/// One channel, for texts of one set and so many copies.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Row {
    /// What happened to the text: `pasted`, `retyped`, `half` and so on.
    pub channel: String,
    /// The number of codewords.
    pub copies: u32,
    /// The texts' set.
    pub set: Set,
    /// How many texts were tried.
    pub texts: u32,
    /// In how many the copy was named.
    pub right: u32,
    /// In how many another one was.
    pub wrong: u32,
    /// In how many none was.
    pub undecided: u32,
}

/// Which texts are alike, by what the meter says of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Set {
    /// All sites are the packs'.
    Plain,
    /// With sites of the writer's own.
    Written,
    /// The whole text, retyped, certainly names a copy.
    Certain,
}

impl Set {
    /// The set of a message.
    pub fn of(meter: &Meter) -> Self {
        if meter.retyped.certain.whole {
            Self::Certain
        } else if meter.classes.iter().any(|class| class.class == Class::Authored) {
            Self::Written
        } else {
            Self::Plain
        }
    }

    /// The name that stands in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Written => "written",
            Self::Certain => "certain",
        }
    }

    /// What kind of texts these are, in words.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Plain => "texts marked by the packs alone, not certain as a whole",
            Self::Written => "texts with sites of the writer's own, not certain as a whole",
            Self::Certain => "texts of which this meter says: certain as a whole, also retyped",
        }
    }
}

/// The file of figures can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChannelsError {
    /// It is not the JSON that it should be.
    #[error("the figures of the channels can't be read: {0}")]
    Form(#[from] serde_json::Error),
    /// Its bound is none.
    #[error("the figures of the channels: {0}")]
    Epsilon(#[from] countermark_codebook::EpsilonError),
    /// A row's counts do not add up.
    #[error("the figures of the channels: row {row} counts more or fewer texts than it has")]
    Counts {
        /// Its number, from 1.
        row: usize,
    },
}

/// What is told of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Measured<'c> {
    /// The rows that fit, each with the interval of its share; at least one.
    Rows {
        /// The number of copies that was measured, at least the message's.
        copies: u32,
        /// The rows.
        rows: Vec<(&'c Row, Interval)>,
    },
    /// Nothing was measured of such texts.
    Nothing,
    /// Nothing was measured of so many copies; most were so many.
    Copies(u32),
    /// The message's bound is smaller than the one that was measured under.
    Epsilon(Epsilon),
}

/// A share and its 95 % interval (Wilson, Journal of the American Statistical Association 22, 1927), all from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The share.
    pub share: f64,
    /// The lower limit.
    pub low: f64,
    /// The upper limit.
    pub high: f64,
}

impl Channels {
    /// Reads the bench's file.
    ///
    /// # Errors
    /// [`ChannelsError`], for whatever keeps it from being used.
    pub fn parse(json: &str) -> Result<Self, ChannelsError> {
        #[derive(Deserialize)]
        struct File {
            epsilon: String,
            rows: Vec<Row>,
        }
        let file: File = serde_json::from_str(json)?;
        let sum = |row: &Row| u64::from(row.right) + u64::from(row.wrong) + u64::from(row.undecided);
        if let Some(row) = file.rows.iter().position(|row| sum(row) != u64::from(row.texts)) {
            return Err(ChannelsError::Counts { row: row + 1 });
        }
        Ok(Self { epsilon: file.epsilon.parse()?, rows: file.rows })
    }

    /// The bound under which was measured.
    pub fn epsilon(&self) -> Epsilon {
        self.epsilon
    }

    /// What was measured of texts like this message.
    pub fn of(&self, meter: &Meter) -> Measured<'_> {
        let set = Set::of(meter);
        let alike = || self.rows.iter().filter(move |row| row.set == set && row.texts > 0);
        let Some(most) = alike().map(|row| row.copies).max() else { return Measured::Nothing };
        if meter.epsilon < self.epsilon {
            return Measured::Epsilon(self.epsilon);
        }
        let Some(copies) = alike().map(|row| row.copies).filter(|copies| *copies >= meter.copies).min() else {
            return Measured::Copies(most);
        };
        let rows = alike().filter(|row| row.copies == copies);
        Measured::Rows { copies, rows: rows.map(|row| (row, Interval::of(row.right, row.texts))).collect() }
    }
}

impl Interval {
    /// The interval of a share of so many.
    pub fn of(some: u32, all: u32) -> Self {
        if all == 0 {
            return Self { share: 0.0, low: 0.0, high: 1.0 };
        }
        /// The 97.5 % point of the normal distribution.
        const Z: f64 = 1.959_963_984_540_054;
        let n = f64::from(all);
        let share = f64::from(some) / n;
        let scale = 1.0 + Z * Z / n;
        let middle = (share + Z * Z / (2.0 * n)) / scale;
        let reach = Z / scale * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
        Self { share, low: (middle - reach).clamp(0.0, share), high: (middle + reach).clamp(share, 1.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countermark_marking::Master;

    const FILE: &str = r#"{"epsilon":"1e-4","rows":[
        {"channel":"pasted","copies":8,"set":"certain","texts":120,"right":118,"wrong":0,"undecided":2},
        {"channel":"pasted","copies":64,"set":"certain","texts":100,"right":90,"wrong":0,"undecided":10},
        {"channel":"retyped","copies":8,"set":"written","texts":50,"right":5,"wrong":0,"undecided":45},
        {"channel":"screenshot","copies":8,"set":"plain","texts":0,"right":0,"wrong":0,"undecided":0}]}"#;

    fn meter(sites: usize, recipients: u32, epsilon: &str) -> Meter {
        let master = Master::parse(&"We {met|spoke} again. ".repeat(sites)).expect("a master");
        Meter::of(&master, recipients, epsilon.parse().expect("an epsilon"))
    }

    #[test]
    fn the_nearest_number_of_copies_that_is_not_smaller() {
        let channels = Channels::parse(FILE).expect("figures");
        let copies = |meter: &Meter| match channels.of(meter) {
            Measured::Rows { copies, rows } => (copies, rows.len()),
            other => panic!("{other:?}"),
        };
        assert_eq!(copies(&meter(40, 3, "1e-4")), (8, 1));
        assert_eq!(copies(&meter(40, 7, "1e-3")), (8, 1));
        assert_eq!(copies(&meter(40, 8, "1e-4")), (64, 1));
        assert_eq!(channels.of(&meter(40, 64, "1e-4")), Measured::Copies(64));
        assert_eq!(channels.of(&meter(40, 3, "1e-5")), Measured::Epsilon(Epsilon::default()));
        assert_eq!(copies(&meter(4, 3, "1e-4")), (8, 1), "a text that is not certain as a whole");
    }

    #[test]
    fn nothing_is_made_up() {
        let none = Channels::parse(r#"{"epsilon":"1e-4","rows":[]}"#).expect("no figures");
        assert_eq!(none.of(&meter(40, 3, "1e-4")), Measured::Nothing);
        let plain = Master::parse("Nothing is marked here.").expect("a master");
        let channels = Channels::parse(FILE).expect("figures");
        assert_eq!(channels.of(&Meter::of(&plain, 3, Epsilon::default())), Measured::Nothing);
        assert!(matches!(
            Channels::parse(&FILE.replace("\"right\":118", "\"right\":119")),
            Err(ChannelsError::Counts { row: 1 })
        ));
        assert!(Channels::parse("{}").is_err());
    }

    /// Against the formula, computed apart.
    #[test]
    fn wilson() {
        let rows = [
            ((118, 120), 0.941_27, 0.995_42),
            ((0, 10), 0.0, 0.277_53),
            ((10, 10), 0.722_47, 1.0),
            ((5, 50), 0.043_48, 0.213_60),
        ];
        for ((some, all), low, high) in rows {
            let found = Interval::of(some, all);
            assert!((found.low - low).abs() < 2e-5 && (found.high - high).abs() < 2e-5, "{some} of {all}: {found:?}");
        }
    }
}
