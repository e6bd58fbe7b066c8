//! `log witness`: whom the office asks; and to be a witness of somebody else's log, for which no vault is opened.

use std::io::Read;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::net::UnixStream;
use std::path::Path;

use countermark_tlog::cosignature::Cosigner;
use countermark_tlog::directory::Folder;
use countermark_tlog::note::{KeyName, VerifierKey};
use countermark_tlog::witness::Refusal;
use countermark_witness::{Error, Event, LOGS_FILE, Witness, create_key, read_key, read_logs, serve};
use serde_json::json;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use zeroize::Zeroizing;

use crate::cli::{Global, WitnessVerb};
use crate::failure::{Exit, Failure, Outcome};
use crate::{home, terminal, time};

/// Runs the verb.
pub fn run(global: &Global, verb: &WitnessVerb) -> Outcome {
    match verb {
        WitnessVerb::Add { key, url } => add(global, key, url),
        WitnessVerb::List => list(global),
        WitnessVerb::Remove { name } => {
            home::open(global)?.remove_witness(name)?;
            done(global, json!({ "name": name }))
        }
        WitnessVerb::Key { dir, name } => key(global, dir, name.as_deref()),
        WitnessVerb::Serve { listen, dir, log } => stand(global, *listen, dir, log),
    }
}

fn add(global: &Global, key: &str, url: &str) -> Outcome {
    crate::verbs::clocks::check_witness(url)?;
    let key = crate::verbs::clocks::witness_key(key)?;
    let mut office = home::open(global)?;
    let before = office.witnesses()?;
    let witness = office.add_witness(&key, url)?;
    let known = before.into_iter().find(|one| one.key.name() == witness.key.name());
    if let Some(old) = known.filter(|one| one.url != witness.url) {
        terminal::note(&format!("the address of {} was replaced: it was {}", witness.key.name(), old.url));
    }
    terminal::note(&format!("give the witness this log's key: {}", office.log_verifier()));
    let asked = crate::verbs::clocks::ask(&mut office);
    asked.cosigned.iter().for_each(|one| terminal::note(&format!("cosigned by {one}")));
    let name = witness.key.name().as_str();
    done(
        global,
        json!({"name": name, "url": witness.url, "cosigned": asked.cosigned.iter().any(|one| one.starts_with(name))}),
    )
}

fn list(global: &Global) -> Outcome {
    let witnesses = home::open(global)?.witnesses()?;
    if global.json {
        let rows: Vec<_> = witnesses
            .iter()
            .map(|one| json!({"name": one.key.name().as_str(), "key": one.key.to_string(), "url": one.url, "size": one.cosigned}))
            .collect();
        terminal::say_json(&json!({ "witnesses": rows }))?;
        return Ok(Exit::Found);
    }
    if witnesses.is_empty() {
        terminal::note("no witness is asked: `log witness add KEY URL`");
    }
    for one in &witnesses {
        let size = match one.cosigned {
            0 => "has cosigned nothing yet".to_owned(),
            size => format!("cosigned up to {size} leaves"),
        };
        terminal::say(&format!("{}  {}  {size}", one.key.name(), one.url))?;
    }
    Ok(Exit::Found)
}

fn done(global: &Global, object: serde_json::Value) -> Outcome {
    if global.json {
        terminal::say_json(&object)?;
    }
    Ok(Exit::Found)
}

fn key(global: &Global, dir: &Path, name: Option<&str>) -> Outcome {
    let found = if dir.is_dir() { read_key(dir).map_err(|error| failed(dir, &error))? } else { None };
    let cosigner = match (found, name) {
        (Some(cosigner), None) => cosigner,
        (Some(cosigner), Some(name)) if cosigner.verifier().name().as_str() == name => cosigner,
        (Some(cosigner), Some(_)) => {
            return Err(Failure::new(format!("the witness in {} is {}", dir.display(), cosigner.verifier().name()))
                .hint("one directory is one witness: choose another for another name"));
        }
        (None, None) => return Err(no_key(dir)),
        (None, Some(name)) => make(dir, name)?,
    };
    let verifier = cosigner.verifier().to_string();
    if global.json {
        terminal::say_json(&json!({ "key": verifier }))?
    } else {
        terminal::say(&verifier)?
    }
    Ok(Exit::Found)
}

fn make(dir: &Path, name: &str) -> Outcome<Cosigner> {
    let name: KeyName = name.parse().map_err(|error| {
        Failure::new(format!("`{}`: {error}", terminal::tame(name)))
            .hint("a name looks like witness.example/w1: no spaces, no plus sign")
    })?;
    Folder::create(dir).map_err(|error| Failure::new(format!("{}: {error}", dir.display())))?;
    let mut seed = Zeroizing::new([0; 32]);
    home::random().fill_bytes(seed.as_mut());
    create_key(dir, name, &seed).map_err(|error| failed(dir, &error))
}

fn stand(global: &Global, listen: SocketAddr, dir: &Path, more: &[String]) -> Outcome {
    let cosigner = read_key(dir).map_err(|error| failed(dir, &error))?.ok_or_else(|| no_key(dir))?;
    let mut logs = read_logs(dir).map_err(|error| failed(dir, &error))?;
    for text in more {
        let key: VerifierKey = text.parse().map_err(|error| {
            Failure::new(format!("--log: {error}"))
                .hint("a log's owner reads it off `countermark init`, or publishes it")
        })?;
        logs.push(key);
    }
    if logs.is_empty() {
        return Err(Failure::new("there is no log to witness")
            .hint(format!("give its public key with --log KEY, or write it into {}", dir.join(LOGS_FILE).display())));
    }
    let count = logs.len();
    let folder = Folder::open(dir).map_err(|error| Failure::new(format!("{}: {error}", dir.display())))?;
    let witness = Witness::open(folder, cosigner, logs).map_err(|error| failed(dir, &error))?;
    let heard = |error: std::io::Error| Failure::new(format!("{listen}: {error}"));
    let listener = TcpListener::bind(listen).map_err(heard)?;
    let address = listener.local_addr().map_err(heard)?;
    let stop = signals()?;
    let key = witness.verifier().to_string();
    if global.json {
        terminal::say_json(&json!({"listening": address.to_string(), "key": key, "logs": count}))?;
    } else {
        terminal::say(&format!("{key}\nlistening on http://{address}, witnessing {count} log(s); ends with Ctrl-C"))?;
    }
    serve(listener, witness, || time::now_ms() / 1000, report, stop).map_err(heard)?;
    Ok(Exit::Found)
}

/// Returns when a signal asks the program to end.
fn signals() -> Outcome<impl FnOnce() + Send + 'static> {
    let failed = |error: std::io::Error| Failure::new(format!("signals can't be watched: {error}"));
    let (mut heard, told) = UnixStream::pair().map_err(failed)?;
    for signal in [SIGHUP, SIGINT, SIGTERM] {
        signal_hook::low_level::pipe::register(signal, told.try_clone().map_err(failed)?).map_err(failed)?;
    }
    Ok(move || {
        let _ = heard.read(&mut [0]);
    })
}

/// What whoever runs the witness should see. An ordinary refusal is not among it: anybody can cause one.
fn report(event: &Event) {
    let now = time::show(time::now_ms() / 1000);
    match event {
        Event::Cosigned { origin, size } => {
            terminal::note(&format!("{now}  cosigned {} at size {size}", terminal::tame(origin)));
        }
        Event::Refused(refusal @ (Refusal::Fork { .. } | Refusal::Inconsistent)) => {
            terminal::note(&format!("{now}  NOT COSIGNED, though signed by the log: {refusal}"));
        }
        Event::Refused(refusal @ Refusal::Clock) => terminal::note(&format!("{now}  not cosigned: {refusal}")),
        Event::Broken(error) => terminal::note(&format!("{now}  nothing can be cosigned: {error}")),
        _ => {}
    }
}

fn no_key(dir: &Path) -> Failure {
    Failure::new(format!("there is no witness's key in {}", dir.display()))
        .hint("make one: countermark log witness key --dir DIR --name NAME")
}

fn failed(dir: &Path, error: &Error) -> Failure {
    let failure = Failure::new(format!("{}: {error}", dir.display()));
    match error {
        Error::Locked => failure.hint("one process serves a directory; end the other first"),
        Error::KeyMode { .. } => failure.hint("make it yours alone: chmod 600 key; if others had it, make a new witness"),
        Error::State { .. } => failure.hint(
            "put back the newest copy of this file; without it, the log needs a witness of a new name and key: this one can't know what it cosigned",
        ),
        Error::LogKey { .. } => failure.hint("a log's key has the form name+hash+base64, and is no witness's"),
        _ => failure,
    }
}
