//! How often statements are read: a number for each day, and nothing about anybody.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::scene::Reads;

/// Days that "this week" has.
const WEEK: u64 = 7;
/// The file's name. Slips are called otherwise.
const FILE: &str = "reads.json";
/// Bytes of it that are read.
const MOST: u64 = 4 << 20;

/// The counts, in memory, and now and then in a file.
pub(crate) struct Counter {
    file: Option<PathBuf>,
    counts: Mutex<Counts>,
}

#[derive(Default, Serialize, Deserialize)]
struct Counts {
    version: u32,
    statements: BTreeMap<String, Count>,
    #[serde(skip)]
    changed: bool,
}

#[derive(Default, Serialize, Deserialize)]
struct Count {
    /// In all.
    all: u64,
    /// By the day, counted from 1970; a week of them.
    days: BTreeMap<u64, u64>,
}

impl Counter {
    /// Goes on from the file in a folder; a file that does not read counts for nothing, for no more than numbers are lost.
    pub(crate) fn open(folder: Option<&Path>) -> Self {
        let file = folder.map(|folder| folder.join(FILE));
        let read = |file: &PathBuf| -> Option<Counts> {
            if fs::metadata(file).ok()?.len() > MOST {
                return None;
            }
            serde_json::from_slice(&fs::read(file).ok()?).ok()
        };
        let counts = file.as_ref().and_then(read).filter(|counts| counts.version == 1).unwrap_or_default();
        Self { file, counts: Mutex::new(counts) }
    }

    /// One more; `now` in seconds since 1970. Only ids of statements that there are may come.
    pub(crate) fn count(&self, id: &str, now: u64) {
        let mut counts = self.lock();
        counts.changed = true;
        if !counts.statements.contains_key(id) {
            counts.statements.insert(id.to_owned(), Count::default());
        }
        let Some(count) = counts.statements.get_mut(id) else { return };
        let today = now / 86_400;
        count.all += 1;
        *count.days.entry(today).or_default() += 1;
        if count.days.len() as u64 > WEEK {
            count.days.retain(|day, _| day + WEEK > today);
        }
    }

    /// All of them, as pages show them.
    pub(crate) fn reads(&self, now: u64) -> Reads {
        let today = now / 86_400;
        let week = |count: &Count| count.days.iter().filter(|(day, _)| **day + WEEK > today).map(|(_, n)| n).sum();
        self.lock().statements.iter().map(|(id, count)| (id.clone(), (count.all, week(count)))).collect()
    }

    /// Writes the file, if something was counted since; says whether something was. A file that can't be written is tried again
    /// with the next count.
    pub(crate) fn save(&self) -> bool {
        let mut counts = self.lock();
        if !counts.changed {
            return false;
        }
        counts.changed = false;
        counts.version = 1;
        let bytes = serde_json::to_vec(&*counts).unwrap_or_default();
        drop(counts);
        if let Some(file) = &self.file {
            let _ = place(file, &bytes);
        }
        true
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The whole file or none: written beside, synced, renamed.
fn place(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let new = file.with_extension("new");
    let mut written = OpenOptions::new().write(true).create(true).truncate(true).open(&new)?;
    written.write_all(bytes)?;
    written.sync_all()?;
    fs::rename(&new, file)?;
    file.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 86_400;

    #[test]
    fn a_week_of_days_and_all_of_it() {
        let counter = Counter::open(None);
        for day in 0..20 {
            counter.count("a", day * DAY);
        }
        counter.count("b", 19 * DAY + 5);
        let reads = counter.reads(19 * DAY);
        assert_eq!(reads["a"], (20, 7));
        assert_eq!(reads["b"], (1, 1));
        assert_eq!(counter.reads(40 * DAY)["a"], (20, 0));
        assert!(counter.lock().statements["a"].days.len() <= 8);
    }

    #[test]
    fn counts_go_on_after_a_start() {
        let folder = tempfile::tempdir().unwrap();
        let counter = Counter::open(Some(folder.path()));
        assert!(!counter.save());
        counter.count("a", DAY);
        assert!(counter.save() && !counter.save());
        let again = Counter::open(Some(folder.path()));
        again.count("a", DAY);
        assert_eq!(again.reads(DAY)["a"], (2, 2));
        let written = fs::read_to_string(folder.path().join(FILE)).unwrap();
        assert_eq!(written, r#"{"version":1,"statements":{"a":{"all":1,"days":{"1":1}}}}"#);
    }

    #[test]
    fn a_broken_file_costs_the_numbers_only() {
        let folder = tempfile::tempdir().unwrap();
        for bytes in ["", "{", "{\"version\":2,\"statements\":{}}", "[[[[[[[["] {
            fs::write(folder.path().join(FILE), bytes).unwrap();
            assert!(Counter::open(Some(folder.path())).reads(0).is_empty());
        }
    }
}
