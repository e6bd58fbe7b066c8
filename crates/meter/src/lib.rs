//! The strength meter: what can be promised of a message before it is sealed.
//!
//! - [`Meter`]: what is *certain*, for all sites and for those that survive retyping, sentence by sentence and class by
//!   class, and what to add for the next thing that could be promised.
//! - [`channels`]: what was *measured* of such messages, from the project's bench.
//! - [`svg`](svg()), [`blocks`](blocks()): the picture, for a page and for a terminal.
//!
//! All of it is a function of the master, the number of copies and the bound, and holds for every codeword that a sealing
//! may draw: a site counts only where it is read without doubt off copies that together show every alternative. Left to others: printing, and the rules of scoring (the codebook).
//!
//! ```
//! use countermark_codebook::Epsilon;
//! use countermark_marking::Master;
//! use countermark_meter::Meter;
//!
//! let master = Master::parse("We {met|spoke} in {Lisk|Dorn}. Nothing was signed. {That is|This is} {all|everything}.")?;
//! let meter = Meter::of(&master, 2, Epsilon::default());
//! assert_eq!((meter.copies, meter.all.sites, meter.all.bits), (3, 4, 4.0));
//! assert!(!meter.all.certain.whole);
//! assert_eq!(meter.siteless().map(|part| part.number).collect::<Vec<_>>(), [2]);
//! # Ok::<(), countermark_marking::SyntaxError>(())
//! ```

mod blocks;
pub mod channels;
mod legible;
mod picture;
mod svg;

use countermark_codebook::strength::{
    Certain, Enough, Goal, PartSites, Quotations, Reach, Step, intact_needed, quotations, sites_needed, steps,
};
use countermark_codebook::{Epsilon, Settings};
use countermark_marking::{Class, Master, Sense};

pub use blocks::{Ink, blocks};
pub use legible::Legible;
pub use picture::picture;
pub use svg::{Words, svg};

/// Up to how many altered sites the price is told.
pub const ALTERED: usize = 3;

/// What can be promised of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Meter {
    /// The number of codewords: recipients, and the file copy of a message that has a site.
    pub copies: u32,
    /// The bound.
    pub epsilon: Epsilon,
    /// The message's words, every site at its first alternative.
    pub words: usize,
    /// The bits that name a copy at the first look; infinite while there are more copies than texts.
    pub bits_needed: f64,
    /// How many intact sites of two alternatives name a copy of a message that has no other.
    pub sites_needed: u32,
    /// The same with none, one, two and three sites beside them that show another alternative.
    pub intact_needed: [u32; ALTERED + 1],
    /// The message's bits: `log2` of the number of its texts.
    pub bits: f64,
    /// The sites, from 0, that are not read without doubt even off an untouched copy; nothing is promised of them.
    pub illegible: Vec<usize>,
    /// The sites, from 0, whose wordings say something else, and in what: they are different messages to different people.
    pub differing: Vec<(usize, Vec<Sense>)>,
    /// What the legible sites promise: the text as it was sent, pasted.
    pub all: Promise,
    /// What those of them promise that survive retyping, the others not seen.
    pub retyped: Promise,
    /// The message's parts.
    pub parts: Vec<PartMeter>,
    /// The classes that have a site, in the order of [`Class::ALL`].
    pub classes: Vec<ClassMeter>,
    /// The quotations of half the words, in the order of where they begin.
    pub quotations: Vec<Quoted>,
    /// What is not reached yet, and what reaches it.
    pub steps: Vec<Step>,
}

/// What some sites of a message promise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Promise {
    /// How many sites.
    pub sites: usize,
    /// Their bits.
    pub bits: f64,
    /// What names a copy, all of them intact.
    pub certain: Certain,
    /// How many of them suffice; nothing where all of them do not.
    pub enough: Option<Enough>,
    /// How many may be altered, whichever, and the copy is still named; nothing where none is named at all.
    pub bears: Option<u32>,
}

/// One part of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct PartMeter {
    /// Its number, from 1.
    pub number: usize,
    /// Its words, every site at its first alternative.
    pub words: usize,
    /// How many sites stand in it. A tied site stands in several parts.
    pub sites: usize,
    /// Their bits.
    pub bits: f64,
    /// The bits of those that survive retyping.
    pub bits_surviving: f64,
    /// Its text, every site at its first alternative, fields as `[name]`.
    pub text: String,
}

/// The sites of one class.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassMeter {
    /// The class.
    pub class: Class,
    /// How many sites.
    pub sites: usize,
    /// Their bits.
    pub bits: f64,
}

/// Quotations of half the words that hold the same parts whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Quoted {
    /// The parts, and how many such quotations there are.
    pub held: Quotations,
    /// The bits of the sites in those parts, each once.
    pub bits: f64,
    /// The bits of those that survive retyping.
    pub bits_surviving: f64,
    /// Whether they name a copy.
    pub names: bool,
    /// Whether they do when the quotation is retyped.
    pub names_retyped: bool,
}

impl Meter {
    /// Measures a message for so many recipients.
    pub fn of(master: &Master, recipients: u32, epsilon: Epsilon) -> Self {
        let sites = master.sites();
        let alternatives: Vec<u8> =
            sites.iter().map(|site| u8::try_from(site.alternatives).unwrap_or(u8::MAX)).collect();
        let copies = recipients.saturating_add(u32::from(!sites.is_empty()));
        let settings = Settings::new(copies, epsilon);
        let Legible { pasted, mut retyped } = Legible::of(master);
        retyped.iter_mut().zip(sites).for_each(|(shown, site)| *shown &= site.class.survives_retyping());
        let count = |shown: &[bool]| shown.iter().filter(|shown| **shown).count();
        let (all_sites, retyped_sites) = (count(&pasted), count(&retyped));
        let all = Reach::new(&alternatives, &pasted, settings);
        let retyped = Reach::new(&alternatives, &retyped, settings);
        let parts = parts(master, &all, &retyped);
        let held: Vec<PartSites> =
            master.parts().into_iter().zip(&parts).map(|(p, m)| PartSites { words: m.words, sites: p.sites }).collect();
        Self {
            copies,
            epsilon,
            words: parts.iter().map(|part| part.words).sum(),
            bits_needed: all.bits_needed(),
            sites_needed: sites_needed(copies, epsilon),
            intact_needed: std::array::from_fn(|altered| intact_needed(copies, epsilon, altered as u32)),
            bits: alternatives.iter().map(|&q| f64::from(q.max(1)).log2()).sum::<f64>() + 0.0,
            illegible: (0..sites.len()).filter(|site| !pasted[*site]).collect(),
            differing: countermark_marking::senses(master),
            all: promise(&all, all_sites, &held),
            retyped: promise(&retyped, retyped_sites, &held),
            classes: classes(master),
            quotations: quotations(&held).into_iter().map(|held_| quoted(held_, &held, &all, &retyped)).collect(),
            steps: steps(&all, &retyped, &held),
            parts,
        }
    }

    /// The number of the message's sites.
    pub fn sites(&self) -> usize {
        self.all.sites + self.illegible.len()
    }

    /// The bits at which a picture draws the line: those needed, or, while nothing can name a copy at all, what a message
    /// of sites of two alternatives would need.
    pub(crate) fn line(&self) -> f64 {
        if self.bits_needed.is_finite() { self.bits_needed } else { f64::from(self.sites_needed) }
    }

    /// The parts without a site, those without a word left out.
    pub fn siteless(&self) -> impl Iterator<Item = &PartMeter> {
        self.parts.iter().filter(|part| part.sites == 0 && part.words > 0)
    }

    /// The step that takes the fewest sites, the lesser goal first; nothing when the text has room for none.
    pub fn next_step(&self) -> Option<&Step> {
        self.steps.iter().filter(|step| step.sites.is_some()).min_by_key(|step| step.sites)
    }
}

impl PartMeter {
    /// Its first words, at most so many characters, on one line.
    pub fn beginning(&self, characters: usize) -> String {
        let line = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.chars().count() <= characters {
            return line;
        }
        let mut cut: String = line.chars().take(characters.saturating_sub(1)).collect();
        if let Some(space) = cut.rfind(' ').filter(|space| *space > 0) {
            cut.truncate(space);
        }
        cut + "…"
    }
}

/// A goal in words: "the whole text names a copy".
pub fn goal(goal: Goal) -> String {
    match goal {
        Goal::Whole => "the whole text names a copy".to_owned(),
        Goal::Retyped => "the whole text, retyped, names a copy".to_owned(),
        Goal::Half => "half of the quotations of half the text name a copy".to_owned(),
        Goal::OnePart => "a single sentence names a copy".to_owned(),
        Goal::Altered(1) => "the whole text bears one altered site".to_owned(),
        Goal::Altered(sites) => format!("the whole text bears {sites} altered sites"),
        _ => "the next step".to_owned(),
    }
}

fn promise(reach: &Reach, sites: usize, parts: &[PartSites]) -> Promise {
    Promise { sites, bits: reach.bits(), certain: reach.certain(parts), enough: reach.enough(), bears: reach.bears() }
}

fn parts(master: &Master, all: &Reach, retyped: &Reach) -> Vec<PartMeter> {
    let measured = master.parts().into_iter().map(|part| {
        let text = master.part_text(&part, &[]);
        PartMeter {
            number: part.index,
            words: countermark_text::word_count(&text),
            sites: part.sites.len(),
            bits: all.bits_of(part.sites.iter().copied()),
            bits_surviving: retyped.bits_of(part.sites.iter().copied()),
            text,
        }
    });
    measured.collect()
}

fn classes(master: &Master) -> Vec<ClassMeter> {
    let of = |class| {
        let sites = master.sites().iter().filter(|site| site.class == class);
        let bits = sites.clone().map(|site| (site.alternatives as f64).log2()).sum::<f64>() + 0.0;
        ClassMeter { class, sites: sites.count(), bits }
    };
    Class::ALL.into_iter().map(of).filter(|class| class.sites > 0).collect()
}

fn quoted(held: Quotations, parts: &[PartSites], all: &Reach, retyped: &Reach) -> Quoted {
    let mut sites: Vec<usize> = parts[held.parts.clone()].iter().flat_map(|part| part.sites.iter().copied()).collect();
    // A tied site comes by several times.
    sites.sort_unstable();
    sites.dedup();
    Quoted {
        bits: all.bits_of(sites.iter().copied()),
        bits_surviving: retyped.bits_of(sites.iter().copied()),
        names: all.names(sites.iter().copied()),
        names_retyped: retyped.names(sites),
        held,
    }
}
