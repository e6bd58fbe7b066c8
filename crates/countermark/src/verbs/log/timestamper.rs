//! `log timestamper`: whom the office asks, and under whose certificates it believes the answer.

use std::path::PathBuf;

use serde_json::json;

use crate::cli::{Global, TimestamperVerb};
use crate::failure::{Exit, Failure, Outcome};
use crate::verbs::clocks;
use crate::{home, terminal};

/// Runs the verb.
pub fn run(global: &Global, verb: &TimestamperVerb) -> Outcome {
    match verb {
        TimestamperVerb::Add { url, trust } => add(global, url, trust),
        TimestamperVerb::List => list(global),
        TimestamperVerb::Remove { url } => {
            home::open(global)?.remove_timestamper(url)?;
            done(global, json!({ "url": url }))
        }
    }
}

fn add(global: &Global, url: &str, trust: &[PathBuf]) -> Outcome {
    clocks::check_timestamper(url)?;
    let mut office = home::open(global)?;
    office.add_timestamper(url, &certificates(trust)?)?;
    let asked = clocks::ask(&mut office);
    asked.stamped.iter().for_each(|one| terminal::note(&format!("stamped by {one}")));
    done(global, json!({"url": url, "stamped": asked.stamped.iter().any(|one| one.starts_with(url))}))
}

/// Certificates in PEM, from files.
pub fn certificates(files: &[PathBuf]) -> Outcome<String> {
    let mut pem = String::new();
    for file in files {
        let text = terminal::read_limited(file, 1 << 20)?;
        let text = String::from_utf8(text).map_err(|_| {
            Failure::new(format!("{} is not PEM", terminal::name_of(file))).hint("give certificates in PEM form")
        })?;
        pem.push_str(&text);
        pem.push('\n');
    }
    Ok(pem)
}

fn list(global: &Global) -> Outcome {
    let stampers = home::open(global)?.timestampers()?;
    if global.json {
        let rows: Vec<_> = stampers.iter().map(|one| json!({"url": one.url})).collect();
        terminal::say_json(&json!({ "timestampers": rows }))?;
        return Ok(Exit::Found);
    }
    if stampers.is_empty() {
        terminal::note("no time-stamper is asked: `log timestamper add URL --trust CERTIFICATES`");
    }
    for one in &stampers {
        terminal::say(&one.url)?;
    }
    Ok(Exit::Found)
}

fn done(global: &Global, object: serde_json::Value) -> Outcome {
    if global.json {
        terminal::say_json(&object)?;
    }
    Ok(Exit::Found)
}
