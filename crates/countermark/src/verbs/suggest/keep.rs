//! The two files of a sitting: the master, and beside FILE everything that was decided, so that nothing is lost.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use countermark_review::{Review, Saved, Span};
use serde::{Deserialize, Serialize};

use crate::failure::{Failure, Outcome};
use crate::terminal;

/// Owner only: both hold the message.
const MODE: u32 = 0o600;

/// Where a sitting is kept.
pub struct Files {
    /// The master.
    pub master: PathBuf,
    /// The decisions, `FILE.review`.
    pub review: PathBuf,
    /// What the master's file holds, as far as this program wrote it.
    written: Option<String>,
    /// Held while the sitting lasts: two would undo each other's work.
    _lock: File,
}

/// What stands in `FILE.review`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// Where the master went.
    pub master: PathBuf,
    /// What stood there when this was written; the master of these decisions follows.
    pub before: Option<String>,
    /// The place that the writer was at, a byte of the letter.
    pub at: usize,
    /// What he was typing.
    pub typing: Option<Draft>,
    /// What he decided.
    pub review: Saved,
}

/// A wording that is being typed.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// For which words, in bytes of the letter.
    pub span: Span,
    /// The line.
    pub text: String,
}

impl Files {
    /// The files of a sitting over `file`, and a lock on it.
    pub fn of(file: &Path, out: Option<&Path>) -> Outcome<Files> {
        let fail = |e: std::io::Error| Failure::new(format!("{} can't be read: {e}", file.display()));
        let lock = File::open(file).map_err(fail)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::new(format!("{} is being gone through by somebody else", file.display()))
                    .hint("end the other `suggest` first"));
            }
            // A file system without locks: then nobody is kept out.
            Err(TryLockError::Error(_)) => {}
        }
        let master = out.map_or_else(|| default_master(file), Path::to_path_buf);
        let review = with_suffix(file, ".review");
        if same_file(&master, file) {
            return Err(Failure::new("the master would be written over the text").hint("give another name with --out"));
        }
        Ok(Files { master, review, written: None, _lock: lock })
    }

    /// What an earlier sitting left.
    pub fn load(&self) -> Outcome<Option<Kept>> {
        if !self.review.exists() {
            return Ok(None);
        }
        let bytes = terminal::read_bytes(&self.review)?;
        serde_json::from_slice(&bytes).map(Some).map_err(|e| {
            Failure::new(format!("{} is not what `suggest` keeps: line {}", self.review.display(), e.line()))
                .hint("move it away to begin anew")
        })
    }

    /// Writes the decisions, then the master. Killed in between, the next start writes the master again.
    pub fn save(&mut self, review: &Review, at: usize, typing: Option<Draft>) -> Result<(), String> {
        self.save_draft(review, at, typing)?;
        let source = review.master().source();
        if self.written.as_deref() != Some(source) {
            terminal::replace(&self.master, source.as_bytes(), MODE)
                .map_err(|e| format!("{}: {e}", self.master.display()))?;
            self.written = Some(source.to_owned());
        }
        Ok(())
    }

    /// Writes the decisions and what is being typed.
    pub fn save_draft(&self, review: &Review, at: usize, typing: Option<Draft>) -> Result<(), String> {
        let kept =
            Kept { master: self.master.clone(), before: self.written.clone(), at, typing, review: review.save() };
        let bytes = serde_json::to_vec(&kept).map_err(|e| e.to_string())?;
        terminal::replace(&self.review, &bytes, MODE).map_err(|e| format!("{}: {e}", self.review.display()))
    }

    /// Refuses a master that this program did not write; puts one that is not `ours` any more out of the way. Says what it did.
    pub fn make_room(&self, kept: Option<&Kept>, ours: Option<&str>) -> Outcome<Option<String>> {
        if !self.master.exists() {
            return Ok(None);
        }
        let Some(kept) = kept.filter(|kept| same_file(&kept.master, &self.master)) else {
            return Err(Failure::new(format!("{} exists already", self.master.display())).hint(format!(
                "go on with it by `suggest {}`, or give another name with --out; nothing is overwritten",
                self.master.display()
            )));
        };
        if let Some(ours) = ours {
            let stands = terminal::read_bytes(&self.master)?;
            // Killed between the two files, the master is the one before.
            if stands == ours.as_bytes() || kept.before.as_deref().map(str::as_bytes) == Some(&stands[..]) {
                return Ok(None);
            }
        }
        let aside = set_aside(&self.master)?;
        Ok(Some(format!("the earlier master is {}", aside.display())))
    }
}

/// Renames a file to the first free name of the form `NAME.old-N`.
pub fn set_aside(path: &Path) -> Outcome<PathBuf> {
    let free = (1..1_000).map(|n| with_suffix(path, &format!(".old-{n}"))).find(|name| !name.exists());
    let free = free.ok_or_else(|| Failure::new(format!("{} has a thousand old versions", path.display())))?;
    std::fs::rename(path, &free).map_err(|e| Failure::new(format!("{} can't be renamed: {e}", path.display())))?;
    Ok(free)
}

/// `letter.txt.master`; a master's own is `letter.reviewed.master`.
fn default_master(file: &Path) -> PathBuf {
    if file.extension().is_some_and(|extension| extension == "master") {
        return file.with_extension("reviewed.master");
    }
    with_suffix(file, ".master")
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    path.with_file_name(name)
}

fn same_file(a: &Path, b: &Path) -> bool {
    let full = |path: &Path| {
        std::fs::canonicalize(path).or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_path_buf())
    };
    full(a) == full(b)
}
