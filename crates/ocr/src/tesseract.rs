//! Tesseract as a child process: what goes in, what may come out, and how it is stopped.
//!
//! The command is started through `sh`, which sets the limit of address space on itself (`ulimit -v`) and then becomes the command: the
//! process is limited before its first instruction, without unsafe code of ours. It leads a process group of its own, and whatever
//! ends badly ends the whole group.

use std::io::{Read as _, Write as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::{Error, Limits};

/// The shell's own exit code for a command that is not there, and for one that may not be run.
const MISSING: i32 = 127;
const NOT_RUN: i32 = 126;

/// Of what it says on standard error so much is looked at: for a language that is missing.
const COMPLAINTS: u64 = 16 << 10;

/// How often an ending child is asked for.
const TURN: Duration = Duration::from_millis(2);

/// A command and the languages that it reads.
#[derive(Clone, Debug)]
pub(crate) struct Tesseract {
    command: String,
    languages: Vec<String>,
    limits: Limits,
}

/// How Tesseract cuts a page into blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// It is one block of text.
    Block,
    /// Columns and blocks are looked for.
    Page,
}

impl Tesseract {
    pub(crate) fn new(command: &str, languages: &[&str], limits: Limits) -> Result<Self, Error> {
        let fits = |name: &&str| {
            !name.is_empty() && name.len() <= 40 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        };
        if let Some(wrong) = languages.iter().find(|name| !fits(name)) {
            return Err(Error::LanguageName((*wrong).to_owned()));
        }
        let languages = languages.iter().map(|&name| name.to_owned()).collect();
        Ok(Self { command: command.to_owned(), languages, limits })
    }

    /// Reads the pages of a TIFF file; what it prints is a table of words. It must be done by `deadline`.
    pub(crate) fn read(&self, pages: Vec<u8>, cut: Cut, deadline: Instant) -> Result<String, Error> {
        let mut child = self.start(cut)?;
        let done = self.talk(&mut child, pages, deadline);
        if done.is_err() {
            // Not waited for yet, so the number is still this group's.
            stop(&child);
            let _ = child.wait();
        }
        let (table, complaints, status) = done?;
        self.judge(status, &complaints)?;
        Ok(String::from_utf8_lossy(&table).into_owned())
    }

    fn start(&self, cut: Cut) -> Result<Child, Error> {
        let mut command = Command::new("sh");
        command
            .args(["-c", "ulimit -v \"$1\" && shift && exec \"$@\"", "sh"])
            .arg((self.limits.memory >> 10).to_string())
            .arg(&self.command)
            .args([
                "stdin",
                "stdout",
                "-l",
                &self.languages.join("+"),
                "--psm",
                if cut == Cut::Block { "6" } else { "3" },
            ])
            // Pages come dark on white: nothing is to be tried the other way round.
            .args(["-c", "tessedit_do_invert=0", "tsv"])
            .env("OMP_THREAD_LIMIT", "1")
            .env("LC_ALL", "C")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        command.spawn().map_err(|source| self.io(source))
    }

    /// Feeds the child and takes what it prints, all at once, until it has ended.
    fn talk(
        &self,
        child: &mut Child,
        pages: Vec<u8>,
        deadline: Instant,
    ) -> Result<(Vec<u8>, Vec<u8>, ExitStatus), Error> {
        if let Some(mut stdin) = child.stdin.take() {
            // A child that ends early closes the pipe; its exit code says more.
            std::thread::spawn(move || stdin.write_all(&pages));
        }
        let limit = self.limits.output;
        let table = collect(child.stdout.take(), limit as u64 + 1, Rest::Refused);
        let complaints = collect(child.stderr.take(), COMPLAINTS, Rest::Dropped);
        let table = self.within(&table, deadline)?;
        if table.len() > limit {
            return Err(Error::Output { command: self.command.clone(), limit });
        }
        let complaints = self.within(&complaints, deadline)?;
        loop {
            if let Some(status) = child.try_wait().map_err(|source| self.io(source))? {
                return Ok((table, complaints, status));
            }
            if Instant::now() >= deadline {
                return Err(self.late());
            }
            std::thread::sleep(TURN);
        }
    }

    fn within(&self, from: &Receiver<Vec<u8>>, deadline: Instant) -> Result<Vec<u8>, Error> {
        match from.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(bytes) => Ok(bytes),
            Err(RecvTimeoutError::Timeout) => Err(self.late()),
            Err(RecvTimeoutError::Disconnected) => Ok(Vec::new()),
        }
    }

    fn judge(&self, status: ExitStatus, complaints: &[u8]) -> Result<(), Error> {
        let complaints = String::from_utf8_lossy(complaints);
        // It goes on without a language that is not there: what is written in it would be read as anything.
        let missing =
            complaints.lines().filter_map(|line| line.split("Failed loading language '").nth(1)).find_map(|rest| {
                let name = rest.split('\'').next()?;
                self.languages.iter().find(|language| *language == name)
            });
        let command = self.command.clone();
        if let Some(language) = missing {
            return Err(Error::Language { command, language: language.clone() });
        }
        match status.code() {
            Some(0) => Ok(()),
            Some(MISSING | NOT_RUN) => Err(Error::Missing { command }),
            code => {
                debug_assert!(code.is_some() || status.signal().is_some());
                Err(Error::Failed { command, code })
            }
        }
    }

    fn late(&self) -> Error {
        Error::Time { command: self.command.clone(), limit: self.limits.time }
    }

    fn io(&self, source: std::io::Error) -> Error {
        Error::Io { command: self.command.clone(), source }
    }
}

/// Kills a child's group.
fn stop(child: &Child) {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}

/// What becomes of what is beyond the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rest {
    /// The pipe is closed: whoever writes on dies of it.
    Refused,
    /// It is read and forgotten.
    Dropped,
}

/// Takes up to `limit` bytes on a thread of its own. A pipe that somebody outside the group keeps open keeps only that thread.
fn collect(pipe: Option<impl std::io::Read + Send + 'static>, limit: u64, rest: Rest) -> Receiver<Vec<u8>> {
    let (out, taken) = mpsc::channel();
    if let Some(mut pipe) = pipe {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = pipe.by_ref().take(limit).read_to_end(&mut bytes);
            if rest == Rest::Dropped {
                let _ = std::io::copy(&mut pipe, &mut std::io::sink());
            }
            let _ = out.send(bytes);
        });
    }
    taken
}
