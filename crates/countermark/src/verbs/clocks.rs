//! The outside clocks: asked about the newest checkpoint after every publication. Whoever does not answer is told of and asked again the
//! next time; nothing that was sealed waits for him.

use std::time::{Duration, Instant};

use countermark_clocks::{Answer, Client, Limits};
use countermark_office::{Office, StampTask, WitnessTask};
use countermark_tlog::note::VerifierKey;
use countermark_tlog::witness::AddCheckpoint;

use crate::failure::{self, Failure, Outcome};
use crate::{terminal, time};

/// How long one of them may take. They are asked while somebody waits.
const LIMITS: Limits = Limits { connect: Duration::from_secs(3), whole: Duration::from_secs(6) };

/// How long all of them may take; whoever was not asked by then is asked the next time.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often a witness is asked that has cosigned another size than the vault remembers: it says which, and that is that.
const TRIES: usize = 3;

/// What came of asking.
#[derive(Debug, Default)]
pub struct Asked {
    /// Cosignatures that were kept.
    pub cosigned: Vec<String>,
    /// Time-stamps that were kept.
    pub stamped: Vec<String>,
    /// Who gave none, and why.
    pub failed: Vec<String>,
}

/// An office, to be had for a moment. While the outside is asked, nobody holds it: others may use it meanwhile.
pub trait Access {
    /// Does something with the office.
    fn with<T>(&mut self, work: impl FnOnce(&mut Office) -> Outcome<T>) -> Outcome<T>;
}

impl Access for Office {
    fn with<T>(&mut self, work: impl FnOnce(&mut Office) -> Outcome<T>) -> Outcome<T> {
        work(self)
    }
}

/// Asks everybody who has not spoken about the newest checkpoint, and says on standard error who failed.
pub fn ask(office: &mut impl Access) -> Asked {
    let mut asked = Asked::default();
    if let Err(error) = ask_all(office, &mut asked) {
        asked.failed.push(plain(&error));
    }
    for failure in &asked.failed {
        terminal::note(&terminal::tame(&format!(
            "note: {failure}; asked again at the next publication, or with `log timestamp`"
        )));
    }
    asked
}

fn ask_all(office: &mut impl Access, asked: &mut Asked) -> Outcome<()> {
    let (witnesses, stampers) = office.with(|office| Ok((office.uncosigned()?, office.unstamped()?)))?;
    if witnesses.is_empty() && stampers.is_empty() {
        return Ok(());
    }
    let client = Client::new(LIMITS).map_err(|error| Failure::new(error.to_string()))?;
    let until = Instant::now() + PATIENCE;
    for task in &stampers {
        let name = &task.timestamper.url;
        if Instant::now() > until {
            asked.failed.push(format!("no time was left to ask the time-stamper {name}"));
            continue;
        }
        match stamp(office, &client, task) {
            Ok(at) => asked.stamped.push(format!("{name}: {}", time::show(at))),
            Err(error) => asked.failed.push(format!("no time-stamp of {name}: {}", plain(&error))),
        }
    }
    for task in &witnesses {
        let name = task.witness.key.name();
        if Instant::now() > until {
            asked.failed.push(format!("no time was left to ask the witness {name}"));
            continue;
        }
        match cosign(office, &client, task) {
            Ok(at) => asked.cosigned.push(format!("{name}: {}", at.map_or("no time".to_owned(), time::show))),
            Err(error) => asked.failed.push(format!("no cosignature of {name}: {}", plain(&error))),
        }
    }
    Ok(())
}

fn stamp(office: &mut impl Access, client: &Client, task: &StampTask) -> Outcome<u64> {
    let answer =
        client.timestamp(&task.timestamper.url, &task.request).map_err(|error| Failure::new(failure::chain(&error)))?;
    office.with(|office| Ok(office.keep_answer(task, &answer)?))
}

fn cosign(office: &mut impl Access, client: &Client, task: &WitnessTask) -> Outcome<Option<u64>> {
    let (key, size) = (&task.witness.key, task.checkpoint.checkpoint().size);
    let mut old = task.witness.cosigned;
    for _ in 0..TRIES {
        if old > size {
            return Err(Failure::new(format!(
                "it says that it has cosigned {old} leaves, and this log has {size}: the log was set back, or the witness errs"
            )));
        }
        let proof = office.with(|office| Ok(office.consistency(old)?))?;
        let request = AddCheckpoint { old, proof, checkpoint: task.checkpoint.clone() };
        let answer = client.add_checkpoint(&task.witness.url, std::slice::from_ref(key), &request);
        match answer.map_err(|error| Failure::new(failure::chain(&error)))? {
            Answer::Cosigned(lines) => {
                let lines: String = lines.iter().map(|line| line.signature.line()).collect();
                let kept =
                    |office: &mut Office| Ok(office.keep_cosignature(key.name().as_str(), size, lines.as_bytes())?);
                return office.with(kept);
            }
            Answer::Conflict { size } => old = size,
        }
    }
    Err(Failure::new("it names another size each time it is asked"))
}

/// Refuses the address of a time-stamper that can never be asked.
pub fn check_timestamper(url: &str) -> Outcome<()> {
    countermark_clocks::check_timestamper(url)
        .map_err(|error| Failure::new(error.to_string()).hint("it looks like https://stamp.example/tsr"))
}

/// Refuses the address of a witness that can never be asked.
pub fn check_witness(url: &str) -> Outcome<()> {
    countermark_clocks::check_witness(url).map_err(|error| {
        Failure::new(error.to_string()).hint("it looks like https://witness.example/; http:// only on this machine")
    })
}

/// A witness's public key, or the file that holds it.
pub fn witness_key(text: &str) -> Outcome<String> {
    let file = std::path::Path::new(text);
    if text.parse::<VerifierKey>().is_err() && file.exists() {
        return Ok(terminal::read_text(file)?.trim().to_owned());
    }
    Ok(text.to_owned())
}

/// A failure in the middle of a sentence.
fn plain(failure: &Failure) -> String {
    failure.to_string().trim_start_matches("error: ").lines().next().unwrap_or_default().to_owned()
}
