//! `seal`: fix the message, draw the codewords, commit, render.

use std::path::Path;

use countermark_codebook::{Epsilon, EpsilonError};
use countermark_marking::Master;
use countermark_office::{Office, Plan, SealRequest, Sealed, To};
use serde_json::json;

use super::{clocks, marked, publish};
use crate::cli::{Addressed, Global, Seal};
use crate::config::Config;
use crate::failure::{Exit, Failure, Outcome};
use crate::home::{self, Home};
use crate::{terminal, time};

/// Runs the verb.
pub fn run(global: &Global, args: &Seal) -> Outcome {
    let config = Config::load(&Home::of(global)?.config())?;
    let request = request(args, &config)?;
    let mut office = home::open_watched_with_log(global)?;
    publish::doubt_clock(&office);
    let plan = office.plan(&request)?;
    for (site, senses) in countermark_marking::senses(&request.master) {
        terminal::note(&super::strength::table::differing(site, &senses));
    }
    if plan.never_names && !agrees(global, &plan)? {
        terminal::note("nothing was sealed");
        return Ok(Exit::NotFound);
    }
    super::expire::unasked(&mut office, &config);
    let published = publish::due(&mut office) || args.now;
    let sealed = if args.now { office.seal_now(&request)? } else { office.seal(&request)? };
    let exit = report(global, &office, &sealed)?;
    if published {
        // Last: nobody waits for them who only wants his copies.
        clocks::ask(&mut office);
    }
    Ok(exit)
}

/// The bound: of the call, or of the configuration.
pub fn epsilon(args: &Addressed, config: &Config) -> Outcome<Epsilon> {
    let text = args.epsilon.as_deref().unwrap_or(&config.epsilon);
    text.parse().map_err(|e| {
        let what = match e {
            EpsilonError::Range { .. } => format!("epsilon `{text}` lies outside 1e-12 to 1e-2"),
            e => format!("epsilon `{text}`: {e}"),
        };
        Failure::new(what).hint("write a number from 1e-12 to 1e-2")
    })
}

fn request(args: &Seal, config: &Config) -> Outcome<SealRequest> {
    let addressed = &args.addressed;
    let to = match addressed.copies {
        Some(copies) => To::Numbers(copies),
        None if addressed.to.is_empty() => {
            return Err(Failure::new("to whom?").hint("give --to HANDLE,... (see `people list`) or --copies N"));
        }
        None => To::Handles(addressed.to.clone()),
    };
    let as_sent = args.as_sent.as_deref().map(time::parse).transpose()?;
    if as_sent.is_some_and(|day| day > time::now_ms() / 1000) {
        return Err(Failure::new("what already went out can't have gone out in the future")
            .hint("give the day on which it was sent"));
    }
    let master = match as_sent {
        Some(_) => as_it_went_out(&addressed.file)?,
        None => marked::master(&addressed.file, addressed.accept.as_deref(), &addressed.packs, config)?,
    };
    Ok(SealRequest {
        master,
        to,
        epsilon: epsilon(addressed, config)?,
        marked_line: !args.no_marked_line,
        print_reference: args.print_reference,
        as_sent,
        max_recipients: config.max_recipients,
    })
}

/// Word for word: braces are braces.
fn as_it_went_out(file: &Path) -> Outcome<Master> {
    Ok(Master::plain(&marked::read(file)?))
}

/// A message whose sites can never name a copy: asked about where somebody is there to answer, told otherwise.
fn agrees(global: &Global, plan: &Plan) -> Outcome<bool> {
    let more = if plan.sites_missing == 1 { "site" } else { "sites" };
    terminal::note(&format!(
        "warning: these {} sites ({:.1} bits) can never name one of {} copies: {} more {more} of two alternatives would",
        plan.sites, plan.bits, plan.copies, plan.sites_missing
    ));
    if !terminal::can_ask(global.json) {
        return Ok(true);
    }
    Ok(terminal::ask("Seal it all the same? [y/N]")?.is_some_and(|answer| answer.eq_ignore_ascii_case("y")))
}

fn report(global: &Global, office: &Office, sealed: &Sealed) -> Outcome {
    let id = marked::hex(&sealed.message.0);
    terminal::note(&match sealed.provable_at {
        None => "note: a batch with its leaf was published at once; whoever watches the log sees that something was sealed about now, not what or for whom".to_owned(),
        Some(at) => format!("sealed, not yet provable: its leaf goes out with the batch of {}", publish::clock(at)),
    });
    if global.json {
        let copies: Vec<_> =
            sealed.copies.iter().map(|copy| json!({"recipient": copy.recipient, "text": copy.text})).collect();
        terminal::say_json(&json!({
            "message": id, "reference": sealed.reference, "sites": sealed.sites, "bits": sealed.bits, "copies": copies,
            "provable": sealed.provable_at.is_none(), "provable_at": sealed.provable_at,
        }))?;
        return Ok(Exit::Found);
    }
    let names: Vec<_> = sealed.copies.iter().filter_map(|copy| copy.recipient.as_deref()).collect();
    terminal::say(&format!(
        "sealed     {id}\nreference  {}\nsites      {}, {:.1} bits\ncopies     {}",
        sealed.reference,
        sealed.sites,
        sealed.bits,
        names.join(", ")
    ))?;
    let clock = if office.has_clock()? {
        ""
    } else {
        "; no independent clock: the time is your word until `log timestamper add`"
    };
    terminal::note(&format!("next: countermark copy {} {}{clock}", &id[..8], names.first().unwrap_or(&"file")));
    Ok(Exit::Found)
}
