//! `strength`: what can be promised before sealing, what was measured, and what to add.

pub(super) mod table;

use countermark_codebook::strength::Goal;
use countermark_meter::channels::{Channels, Measured, Set};
use countermark_meter::{Ink, Meter, Promise, Words};
use serde_json::{Value, json};

use super::{marked, seal};
use crate::cli::{Addressed, Global};
use crate::config::Config;
use crate::failure::{Exit, Failure, Outcome};
use crate::home::Home;
use crate::terminal;

/// The figures of the bench of channels, which writes this file.
const CHANNELS: &str = include_str!("../channels.json");

/// Runs the verb. It needs no vault: only how many hold the message matters.
pub fn run(global: &Global, args: &crate::cli::Strength) -> Outcome {
    let addressed = &args.addressed;
    let config = Home::of(global).map_or_else(|_| Ok(Config::default()), |home| Config::load(&home.config()))?;
    let master = marked::classed(&addressed.file, addressed.accept.as_deref(), &addressed.packs, &config)?;
    let meter = Meter::of(&master, recipients(addressed)?, seal::epsilon(addressed, &config)?);
    let channels = Channels::parse(CHANNELS).map_err(|e| Failure::new(e.to_string()))?;
    if let Some(file) = &args.svg {
        let words = if args.with_text { Words::Shown } else { Words::Hidden };
        terminal::write_new(file, countermark_meter::svg(&meter, words).as_bytes(), 0o600)?;
    }
    if global.json {
        terminal::say_json(&object(&meter, &channels))?;
    } else {
        let ink = if terminal::colour() { Ink::Colour } else { Ink::Plain };
        terminal::say(&table::text(&meter, &channels, ink, terminal::width()))?;
    }
    Ok(Exit::Found)
}

fn object(meter: &Meter, channels: &Channels) -> Value {
    let parts: Vec<Value> = meter
        .parts
        .iter()
        .map(|part| {
            json!({"part": part.number, "words": part.words, "sites": part.sites, "bits": part.bits,
                   "bits_surviving": part.bits_surviving})
        })
        .collect();
    let classes: Vec<Value> = meter
        .classes
        .iter()
        .map(|class| {
            json!({"class": class.class.name(), "sites": class.sites, "bits": class.bits,
                   "survives_retyping": class.class.survives_retyping()})
        })
        .collect();
    let steps: Vec<Value> = meter
        .steps
        .iter()
        .map(|step| {
            let placed: Vec<Value> =
                step.placed.iter().map(|(part, sites)| json!({"part": part + 1, "sites": sites})).collect();
            let (goal, altered) = goal(step.goal);
            json!({"goal": goal, "altered": altered, "sites": step.sites, "placed": placed,
                   "next": meter.next_step() == Some(step)})
        })
        .collect();
    let differing: Vec<Value> = meter
        .differing
        .iter()
        .map(|(site, senses)| json!({"site": site + 1, "differs_in": senses.iter().map(|s| s.name()).collect::<Vec<_>>()}))
        .collect();
    let mut certain = promise(&meter.all);
    certain["retyped"] = promise(&meter.retyped);
    json!({
        "words": meter.words, "parts": meter.parts.len(),
        "parts_without_site": meter.parts.iter().filter(|part| part.sites == 0).count(),
        "sites": meter.sites(), "illegible": meter.illegible.len(), "differing": differing, "bits": meter.bits, "bits_surviving": meter.retyped.bits,
        "sites_needed": meter.sites_needed, "certain": certain,
        "copies": meter.copies, "epsilon": meter.epsilon.to_string(),
        "bits_needed": meter.bits_needed.is_finite().then_some(meter.bits_needed),
        "intact_needed": meter.intact_needed, "classes": classes, "by_part": parts, "steps": steps,
        "measured": measured(meter, channels),
    })
}

/// A goal's stable name, and for altered sites how many.
fn goal(goal: Goal) -> (&'static str, Option<u32>) {
    match goal {
        Goal::Whole => ("whole", None),
        Goal::Retyped => ("retyped", None),
        Goal::Half => ("half", None),
        Goal::OnePart => ("one_part", None),
        Goal::Altered(sites) => ("altered", Some(sites)),
        _ => ("other", None),
    }
}

fn promise(promise: &Promise) -> Value {
    let certain = &promise.certain;
    json!({
        "whole": certain.whole, "half": certain.half, "one_part": certain.one_part,
        "any_sites": promise.enough.map(|enough| enough.any), "best_sites": promise.enough.map(|enough| enough.best),
        "altered": promise.bears,
    })
}

fn measured(meter: &Meter, channels: &Channels) -> Value {
    let Measured::Rows { copies, rows } = channels.of(meter) else { return Value::Null };
    let rows: Vec<Value> = rows
        .iter()
        .map(|(row, interval)| {
            json!({"channel": row.channel, "texts": row.texts, "right": row.right, "wrong": row.wrong,
                   "undecided": row.undecided, "low": interval.low, "high": interval.high})
        })
        .collect();
    json!({"copies": copies, "set": Set::of(meter).name(), "epsilon": channels.epsilon().to_string(), "rows": rows})
}

fn recipients(args: &Addressed) -> Outcome<u32> {
    match (args.copies, args.to.len()) {
        (Some(copies), _) => Ok(copies),
        (None, 0) => Err(Failure::new("for whom?").hint("give --to HANDLE,... or --copies N")),
        (None, handles) => Ok(u32::try_from(handles).unwrap_or(u32::MAX)),
    }
}
