//! `strength`: what can be promised before sealing, and nothing else.

use countermark_codebook::strength::{PartSites, Strength, sites_missing, strength};
use countermark_marking::Master;
use serde_json::json;

use super::{marked, seal};
use crate::cli::{Addressed, Global};
use crate::config::Config;
use crate::failure::{Exit, Failure, Outcome};
use crate::home::Home;
use crate::terminal;

/// Runs the verb. It needs no vault: only how many hold the message matters.
pub fn run(global: &Global, args: &crate::cli::Strength) -> Outcome {
    let args = &args.addressed;
    let config = Home::of(global).map_or_else(|_| Ok(Config::default()), |home| Config::load(&home.config()))?;
    let master = marked::master(&args.file, args.accept.as_deref(), &args.packs, &config)?;
    let measured = Measured::of(&master, recipients(args)?, seal::epsilon(args, &config)?);
    if global.json {
        terminal::say_json(&measured.json())?;
    } else {
        terminal::say(&measured.text())?;
    }
    Ok(Exit::Found)
}

struct Measured {
    words: usize,
    parts: usize,
    parts_without_site: usize,
    sites: usize,
    copies: u32,
    missing: u32,
    bits_surviving: f64,
    strength: Strength,
}

impl Measured {
    fn of(master: &Master, recipients: u32, epsilon: countermark_codebook::Epsilon) -> Self {
        let first = vec![0; master.sites().len()];
        let parts: Vec<PartSites> = master
            .parts()
            .iter()
            .map(|part| PartSites {
                words: countermark_text::word_count(&master.part_text(part, &first)),
                sites: part.sites.clone(),
            })
            .collect();
        let alternatives: Vec<u8> =
            master.sites().iter().map(|site| u8::try_from(site.alternatives).unwrap_or(u8::MAX)).collect();
        let copies = recipients + u32::from(!alternatives.is_empty());
        let surviving = master.sites().iter().filter(|site| site.class.survives_retyping());
        Self {
            words: parts.iter().map(|part| part.words).sum(),
            parts: parts.len(),
            parts_without_site: parts.iter().filter(|part| part.sites.is_empty()).count(),
            sites: alternatives.len(),
            copies,
            missing: sites_missing(&alternatives, copies, epsilon),
            bits_surviving: surviving.map(|site| (site.alternatives as f64).log2()).sum::<f64>() + 0.0,
            strength: strength(&alternatives, &parts, copies, epsilon),
        }
    }

    fn json(&self) -> serde_json::Value {
        let certain = &self.strength.certain;
        json!({
            "words": self.words, "parts": self.parts, "parts_without_site": self.parts_without_site,
            "sites": self.sites, "bits": self.strength.bits, "bits_surviving": self.bits_surviving,
            "sites_needed": self.strength.sites_needed,
            "certain": {"whole": certain.whole, "half": certain.half, "one_part": certain.one_part},
        })
    }

    fn text(&self) -> String {
        let certain = &self.strength.certain;
        let share = |share: f64| format!("{:.0} of 100", share * 100.0);
        let add = match self.missing {
            0 => "nothing: the whole text names a copy".to_owned(),
            1 => "one more site of two alternatives, and the whole text names a copy".to_owned(),
            n => format!("{n} more sites of two alternatives, and the whole text names a copy"),
        };
        format!(
            "{} words, {} parts ({} without a site), {} sites, {:.1} bits ({:.1} survive retyping), {} codewords\n\n\
             certain, every marked place intact and the first look:\n  \
             the whole text names a copy      {}\n  quotations of half that do       {}\n  single parts that do             {}\n  \
             sites of two alternatives needed {}\n  each altered place costs about 4 bits\n\n\
             to add: {add}\n\n\
             not promised: against a reader who rewrites the marked places, compares copies, or translates",
            self.words,
            self.parts,
            self.parts_without_site,
            self.sites,
            self.strength.bits,
            self.bits_surviving,
            self.copies,
            if certain.whole { "yes" } else { "no" },
            share(certain.half),
            share(certain.one_part),
            self.strength.sites_needed,
        )
    }
}

fn recipients(args: &Addressed) -> Outcome<u32> {
    match (args.copies, args.to.len()) {
        (Some(copies), _) => Ok(copies),
        (None, 0) => Err(Failure::new("for whom?").hint("give --to HANDLE,... or --copies N")),
        (None, handles) => Ok(u32::try_from(handles).unwrap_or(u32::MAX)),
    }
}
