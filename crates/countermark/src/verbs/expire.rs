//! `vault expire`: codebooks whose time is up, or one before its time, are destroyed.

use countermark_office::{Expired, Office, Unasked};
use serde_json::{Value, json};

use crate::cli::{Expire, Global};
use crate::config::Config;
use crate::failure::{Exit, Failure, Outcome};
use crate::home::{self, Home};
use crate::{terminal, time};

/// Runs the verb.
pub fn run(global: &Global, args: &Expire) -> Outcome {
    let days = Config::load(&Home::of(global)?.config())?.codebook_days;
    let mut office = home::open(global)?;
    let expired = match (&args.message, args.lost) {
        (Some(message), _) => one(global, args, &mut office, message)?,
        (None, true) => lost(global, args, &mut office)?,
        (None, false) if args.dry_run => Some(office.due(days)?),
        (None, false) => Some(office.expire(days)?),
    };
    let Some(expired) = expired else {
        terminal::note("nothing was destroyed");
        return Ok(Exit::NotFound);
    };
    report(global, args, days, &expired)
}

/// What a sealing does unasked, and says on standard error. It never keeps anybody from sealing.
pub fn unasked(office: &mut Office, config: &Config) {
    match office.expire_unasked(config.codebook_days) {
        Ok(Unasked::Nothing) => {}
        Ok(Unasked::Destroyed(expired)) => {
            let ids: Vec<_> = expired.iter().map(short).collect();
            terminal::note(&format!(
                "note: {} past {} days destroyed, the texts still prove: {}",
                codebooks(expired.len(), "was", "were"),
                config.codebook_days,
                ids.join(", ")
            ));
        }
        Ok(Unasked::Waiting(count)) => terminal::note(&format!(
            "note: {} past {} days; as nobody has looked for a month, and in case this machine's clock is wrong, `vault expire` is left to you",
            codebooks(count, "is", "are"),
            config.codebook_days
        )),
        Err(error) => {
            terminal::note(&format!("warning: {}", Failure::from(error).to_string().trim_start_matches("error: ")));
        }
    }
}

fn one(global: &Global, args: &Expire, office: &mut Office, message: &str) -> Outcome<Option<Vec<Expired>>> {
    let shown = office.message(message)?.summary;
    let expired = Expired { message: shown.message, reference: shown.reference, sealed_ms: shown.sealed_ms };
    if args.dry_run {
        return Ok(Some(vec![expired]));
    }
    let question = format!(
        "Destroy the codebook of {} (Ref. {})? Nobody will be able to say any more whose copy a text is. [y/N]",
        short(&expired),
        expired.reference
    );
    Ok(if agrees(global, args, &question)? { Some(vec![office.destroy_codebook(message)?]) } else { None })
}

fn lost(global: &Global, args: &Expire, office: &mut Office) -> Outcome<Option<Vec<Expired>>> {
    let lost = office.lost()?;
    if args.dry_run {
        return Ok(Some(lost));
    }
    let question = format!("Give up {} whose key is lost? [y/N]", codebooks(lost.len(), "", "").trim_end());
    Ok(if agrees(global, args, &question)? { Some(office.give_up_lost()?) } else { None })
}

fn agrees(global: &Global, args: &Expire, question: &str) -> Outcome<bool> {
    if args.yes {
        return Ok(true);
    }
    if !terminal::can_ask(global.json) {
        return Err(Failure::new("a codebook that is destroyed does not come back, and nobody is there to ask")
            .hint("give --yes, or look first with --dry-run"));
    }
    Ok(terminal::ask(question)?.is_some_and(|answer| answer.eq_ignore_ascii_case("y")))
}

fn report(global: &Global, args: &Expire, days: u32, expired: &[Expired]) -> Outcome {
    if global.json {
        let rows: Vec<_> = expired.iter().map(row).collect();
        terminal::say_json(&json!({"expired": rows, "dry_run": args.dry_run}))?;
        return Ok(Exit::Found);
    }
    for codebook in expired {
        let sealed = time::show(codebook.sealed_ms / 1000);
        terminal::say(&format!("{}  {}  sealed {sealed}", short(codebook), codebook.reference))?;
    }
    let what = match (args.dry_run, args.lost || args.message.is_some()) {
        (true, false) => format!("{} past {days} days", codebooks(expired.len(), "is", "are")),
        (true, true) => format!("{} be destroyed", codebooks(expired.len(), "would", "would")),
        (false, _) => format!(
            "{} destroyed; what older backups and snapshots hold is not",
            codebooks(expired.len(), "was", "were")
        ),
    };
    terminal::note(&what);
    Ok(Exit::Found)
}

fn row(codebook: &Expired) -> Value {
    json!({
        "message": super::marked::hex(&codebook.message.0), "reference": codebook.reference,
        "sealed": codebook.sealed_ms / 1000,
    })
}

fn codebooks(count: usize, one: &str, several: &str) -> String {
    if count == 1 { format!("1 codebook {one}") } else { format!("{count} codebooks {several}") }
}

fn short(codebook: &Expired) -> String {
    super::marked::hex(&codebook.message.0)[..8].to_owned()
}
