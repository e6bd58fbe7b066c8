//! What a row is worth: whether its pieces fit one another, what was seen, how many codewords would agree as well.

use std::collections::BTreeMap;

use countermark_codebook::recompute::{Doubtless, Tail, bits, price, threshold_met};
use countermark_codebook::{BigUint, Epsilon};

use super::read::ReadPart;
use super::sight::{Sighting, seen};
use super::{Row, name};
use crate::bundle::Bundle;
use crate::limits;
use crate::opening::{Opening, PartOpening};
use crate::report::{Reason, RowReport, SeenSite, WordedPart};
use crate::settings::{Rules, Settings};

/// One of the open sites, and the row's symbol there.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Site {
    alternatives: u8,
    tie: Option<u32>,
    symbol: u8,
}

/// Judges the row of a bundle whose pieces give the commitment.
///
/// # Errors
/// In this order: [`Reason::Row`] and [`Reason::RowLimits`], [`Reason::RowBelowLine`], [`Reason::Name`].
pub(crate) fn judge(bundle: &Bundle, row: &Row, parts: &[ReadPart<'_>]) -> Result<RowReport, Reason> {
    let settings = &bundle.opening.settings;
    let Weighed { sites, seen, tail } = weigh(&bundle.opening, row, parts)?;
    let file_copy = row.copy > settings.copies - settings.file_copies;
    let sha256 = bundle.capture.as_ref().map(|capture| capture.sha256).ok_or(Reason::Row)?;
    let named = match &row.name {
        Some(_) if file_copy => return Err(Reason::Name),
        Some(named) => Some(named.check(&name::Approved::of(bundle, row, &sha256)?)?),
        None => None,
    };
    let of_site = |site: &u32| sites[site];
    let seen_sites = seen.iter().map(|(number, found)| SeenSite {
        site: number + 1,
        alternative: found.alternative + 1,
        at: found.at,
        agrees: of_site(number).symbol == found.alternative,
    });
    Ok(RowReport {
        copy: row.copy,
        file_copy,
        is_capture: sha256 == name::sha256(row.published.as_bytes()),
        look: row.look,
        loss: tail.loss,
        count: tail.count().to_string(),
        of: tail.of_all().to_string(),
        seen: seen_sites.collect(),
        unseen: sites.keys().filter(|site| !seen.contains_key(site)).map(|site| site + 1).collect(),
        texts: texts_of(parts)?,
        sources: parts.iter().map(|p| WordedPart { part: p.shown.part, text: p.shown.source.clone() }).collect(),
        published: row.published.clone(),
        name: named,
    })
}

/// What a row shows: its sites, what was seen of them, and how many codewords agree as well.
struct Weighed {
    sites: BTreeMap<u32, Site>,
    seen: BTreeMap<u32, Sighting>,
    tail: Doubtless,
}

/// Whether a row fits the message whose parts are opened, and reaches the line.
fn weigh(opening: &Opening, row: &Row, parts: &[ReadPart<'_>]) -> Result<Weighed, Reason> {
    let settings = &opening.settings;
    if settings.rules != Rules::default() || row.copy > settings.copies {
        return Err(Reason::Row);
    }
    let sites = sites(parts)?;
    check_texts(opening, parts)?;
    let texts = number_of_texts(settings, &sites, parts.len() == opening.parts.len())?;
    let seen = seen(parts, &row.published);
    let tail = tail(&sites, &seen);
    if seen.is_empty() || tail.loss > limits::ROW_LOSS {
        return Err(Reason::RowBelowLine);
    }
    let epsilon = Epsilon::from_units(settings.epsilon).map_err(|_| Reason::Settings)?;
    let (parts_open, all) = (parts.len() as u64, opening.parts.len() as u64);
    // The owner chose the parts knowing every row: he pays for each choice that he had.
    let paid = Tail { count: tail.count() * price(all, parts_open), of: tail.of_all() };
    let Look { k, messages } = row.look.into();
    if !threshold_met(&paid, &texts, settings.copies, k, messages, epsilon) {
        return Err(Reason::RowBelowLine);
    }
    Ok(Weighed { sites, seen, tail })
}

impl Bundle {
    /// The bits that are missing before the row of this bundle reaches the line; nothing without a row, with one that does not
    /// fit its message, and with one that reaches it.
    #[must_use]
    pub fn bits_missing(&self) -> Option<f64> {
        self.row.as_ref()?.bits_missing(&self.opening)
    }
}

impl Row {
    /// The bits that are missing before this row reaches the line with the parts that are opened, before there is a bundle; nothing with
    /// one that does not fit its message, and with one that reaches it.
    #[must_use]
    pub fn bits_missing(&self, opening: &Opening) -> Option<f64> {
        let parts = super::read::read(self, opening).ok()?;
        if !matches!(weigh(opening, self, &parts), Err(Reason::RowBelowLine)) {
            return None;
        }
        let settings = &opening.settings;
        let sites = sites(&parts).ok()?;
        let tail = tail(&sites, &seen(&parts, &self.published));
        let (open, all) = (parts.len() as u64, opening.parts.len() as u64);
        let (n, k) = (f64::from(settings.copies), f64::from(self.look.k));
        // N / (N - n + 1) is left out: with so many texts that a copy can be named, it is 1 for a reader.
        let line = (n * k * (k + 1.0) * f64::from(self.look.messages)).log2() + bits(&price(all, open))
            - (settings.epsilon as f64 * 1e-15).log2();
        let worth = bits(&tail.of_all()) - bits(&tail.count());
        Some((line - worth).max(0.1))
    }
}

/// The look in the numbers that the line is computed with.
struct Look {
    k: u64,
    messages: u64,
}

impl From<super::Look> for Look {
    fn from(look: super::Look) -> Self {
        Self { k: look.k.into(), messages: look.messages.into() }
    }
}

/// The open sites by number; every occurrence must tell the same of one.
fn sites(parts: &[ReadPart<'_>]) -> Result<BTreeMap<u32, Site>, Reason> {
    let mut sites: BTreeMap<u32, Site> = BTreeMap::new();
    let mut ties: BTreeMap<u32, u32> = BTreeMap::new();
    for part in parts {
        let symbols = part.shown.sites.iter().zip(&part.shown.symbols);
        for ((&number, &symbol), site) in symbols.zip(&part.source.sites) {
            let found = Site { alternatives: site.alternatives, tie: site.tie, symbol };
            let fits = match sites.insert(number, found) {
                Some(before) => before == found && found.tie.is_some(),
                None => true,
            };
            let tied = found.tie.is_none_or(|tie| *ties.entry(tie).or_insert(number) == number);
            if !fits || !tied || symbol >= found.alternatives {
                return Err(Reason::Row);
            }
        }
    }
    Ok(sites)
}

/// Every open part's text is a rendering of its source.
fn check_texts(opening: &Opening, parts: &[ReadPart<'_>]) -> Result<(), Reason> {
    let mut steps = limits::ROW_STEPS;
    for part in parts {
        let text = match opening.parts.get(part.shown.part - 1) {
            Some(PartOpening::Open { text, .. }) => text,
            _ => return Err(Reason::Row),
        };
        if !part.source.renders(text, &mut steps)? {
            return Err(Reason::Row);
        }
    }
    Ok(())
}

/// `N`: as committed, if the open sites allow it.
fn number_of_texts(settings: &Settings, sites: &BTreeMap<u32, Site>, whole: bool) -> Result<BigUint, Reason> {
    let texts: BigUint = settings.texts.parse().map_err(|_| Reason::Settings)?;
    let open = sites.values().fold(BigUint::from(1u8), |product, site| product * site.alternatives);
    let fits = if whole { texts == open } else { &texts % &open == BigUint::ZERO };
    if fits && texts >= BigUint::from(settings.copies) { Ok(texts) } else { Err(Reason::Row) }
}

fn tail(sites: &BTreeMap<u32, Site>, seen: &BTreeMap<u32, Sighting>) -> Doubtless {
    let seen = seen.iter().filter_map(|(number, found)| {
        let site = sites.get(number)?;
        Some((site.alternatives, site.symbol == found.alternative))
    });
    Doubtless::of(seen)
}

/// The copy's wording of the open parts.
fn texts_of(parts: &[ReadPart<'_>]) -> Result<Vec<WordedPart>, Reason> {
    let texts = parts.iter().map(|part| {
        let text = part.source.render(&part.shown.symbols)?;
        Some(WordedPart { part: part.shown.part, text })
    });
    texts.collect::<Option<_>>().ok_or(Reason::Row)
}
