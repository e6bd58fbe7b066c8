//! The pressroom's side: what the published directory shows.
//!
//! Everything is checked as it is read, and a statement with a fault is left out whole, with a word about it: it takes no other one with
//! it, and nothing of it is shown half.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::limits::{BUNDLE_BYTES, SITE_BYTES, STATE_BYTES, STATEMENTS, SUPPORT_BYTES, VERSION_BYTES, VERSIONS};
use crate::press::{self, bundle_file, is_named, version_file};
use crate::root::{Root, Stamp};
use crate::{Error, Fault, Site, State, Statement, Version, check_png, is_id};

/// Bytes of versions and states that are held at once, at most.
const TOTAL: usize = 512 << 20;

/// A directory that changed so shortly before it was read may have changed again within the clock's step, unseen.
const STEP: Duration = Duration::from_secs(2);

/// What a published directory shows, as it was when it was read.
#[derive(Debug, Clone)]
pub struct Shown {
    dir: PathBuf,
    site: Arc<Site>,
    support: Option<Arc<[u8]>>,
    statements: Vec<Arc<Statement>>,
    misfits: Vec<Arc<Misfit>>,
    entries: Vec<Entry>,
    stamps: [Option<Stamp>; 2],
    /// From when on it has to be read again, whatever the stamps say.
    again: Option<SystemTime>,
}

/// Something in the directory that is not shown, and why.
#[derive(Debug)]
pub struct Misfit {
    /// The statement's id; none where it is the site's.
    pub statement: Option<String>,
    /// Why.
    pub error: Error,
}

/// A statement's folder as it was read.
#[derive(Debug, Clone)]
struct Entry {
    id: String,
    stamp: Option<Stamp>,
    bytes: usize,
    found: Result<Option<Arc<Statement>>, Arc<Misfit>>,
}

impl Shown {
    /// Reads a published directory.
    ///
    /// # Errors
    /// [`Error::Disk`] where the directory itself can't be read. What is wrong within it is left out and stands in
    /// [`misfits`](Self::misfits).
    pub fn load(dir: &Path) -> Result<Self, Error> {
        Self::read(dir, &[])
    }

    /// Reads it again; a statement whose folder has not changed is taken over.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn reload(&self) -> Result<Self, Error> {
        // Within the clock's step a folder can change and keep its time.
        let known = if self.again.is_some() { &[] } else { self.entries.as_slice() };
        Self::read(&self.dir, known)
    }

    /// Whether something in the directory has changed since it was read: a look at the folders' times, nothing is read. What somebody
    /// changes within a file, without the rename by which the desk writes, is not seen.
    #[must_use]
    pub fn changed(&self) -> bool {
        let Ok(root) = Root::open(&self.dir) else { return true };
        if self.stamps != [root.stamp("."), root.stamp(press::STATEMENTS)] {
            return true;
        }
        if self.again.is_some_and(|again| SystemTime::now() >= again) {
            return true;
        }
        let Ok(Some(statements)) = root.dir(press::STATEMENTS) else { return !self.entries.is_empty() };
        self.entries.iter().any(|entry| entry.stamp != statements.stamp(&entry.id))
    }

    /// Whose site it is.
    #[must_use]
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// The support picture, a PNG; shown only where the site's features say so.
    #[must_use]
    pub fn support(&self) -> Option<Arc<[u8]>> {
        self.support.clone()
    }

    /// The statements, the one that was last written to first.
    #[must_use]
    pub fn statements(&self) -> &[Arc<Statement>] {
        &self.statements
    }

    /// The statement of this id.
    #[must_use]
    pub fn statement(&self, id: &str) -> Option<&Arc<Statement>> {
        self.statements.iter().find(|statement| statement.id == id)
    }

    /// The bundle of a version, read now and held against the version's hash; `None` where that version has none.
    ///
    /// # Errors
    /// [`Error::Disk`], [`Error::Form`] where it is not the bundle any more.
    pub fn bundle(&self, id: &str, number: u32) -> Result<Option<Vec<u8>>, Error> {
        let version = |statement: &Arc<Statement>| {
            let index = number.checked_sub(1)? as usize;
            statement.versions.get(index).filter(|version| version.bundle.is_some()).cloned()
        };
        let Some(version) = self.statement(id).and_then(version) else { return Ok(None) };
        let root = Root::open(&self.dir)?;
        let statements = root.dir(press::STATEMENTS)?;
        let folder = statements.map(|statements| statements.dir(id)).transpose()?.flatten();
        let bundle = folder.map(|folder| folder.read(&bundle_file(number), BUNDLE_BYTES)).transpose()?.flatten();
        if is_named(&version, bundle.as_deref()) {
            return Ok(bundle);
        }
        Err(Error::Form { file: format!("{}/{id}/{}", press::STATEMENTS, bundle_file(number)), fault: Fault::Bundle })
    }

    /// What is not shown, and why.
    #[must_use]
    pub fn misfits(&self) -> &[Arc<Misfit>] {
        &self.misfits
    }

    fn read(dir: &Path, known: &[Entry]) -> Result<Self, Error> {
        let begun = SystemTime::now();
        let root = Root::open(dir)?;
        let mut misfits = Vec::new();
        let mut misfit = |error| misfits.push(Arc::new(Misfit { statement: None, error }));
        let stamps = [root.stamp("."), root.stamp(press::STATEMENTS)];
        // A site that can't be read takes nothing from readers: it has no key to seal to.
        let site = site(&root).unwrap_or_else(|error| {
            misfit(error);
            Site::default()
        });
        let support = support(&root).unwrap_or_else(|error| {
            misfit(error);
            None
        });
        let (entries, more) = entries(&root, known)?;
        if more {
            misfit(Error::Form { file: press::STATEMENTS.to_owned(), fault: Fault::Long("statements") });
        }
        misfits.extend(entries.iter().filter_map(|entry| entry.found.as_ref().err().cloned()));
        let mut statements: Vec<_> = entries.iter().filter_map(|entry| entry.found.clone().ok().flatten()).collect();
        let newest = |statement: &Statement| statement.latest().map_or(0, |version| version.published_at);
        statements.sort_by(|a, b| newest(b).cmp(&newest(a)).then_with(|| a.id.cmp(&b.id)));
        let times =
            stamps.iter().flatten().chain(entries.iter().filter_map(|entry| entry.stamp.as_ref())).map(Stamp::time);
        let young = times.max().is_some_and(|newest| newest + STEP > begun);
        let again = young.then(|| begun + STEP);
        Ok(Self { dir: dir.to_owned(), site: Arc::new(site), support, statements, misfits, entries, stamps, again })
    }
}

fn site(root: &Root) -> Result<Site, Error> {
    match root.read(press::SITE, SITE_BYTES)? {
        Some(bytes) => Site::from_bytes(&bytes).map_err(Error::form(press::SITE)),
        None => Ok(Site::default()),
    }
}

fn support(root: &Root) -> Result<Option<Arc<[u8]>>, Error> {
    let Some(bytes) = root.read(press::SUPPORT, SUPPORT_BYTES)? else { return Ok(None) };
    check_png(&bytes).map_err(Error::form(press::SUPPORT))?;
    Ok(Some(bytes.into()))
}

/// The statements' folders, and whether there are more than may be.
fn entries(root: &Root, known: &[Entry]) -> Result<(Vec<Entry>, bool), Error> {
    let statements = match root.dir(press::STATEMENTS) {
        Ok(Some(statements)) => statements,
        Ok(None) => return Ok((Vec::new(), false)),
        Err(error) => return Err(error),
    };
    let mut names = statements.names(STATEMENTS)?;
    let more = names.len() > STATEMENTS;
    names.truncate(STATEMENTS);
    let (mut entries, mut total) = (Vec::with_capacity(names.len()), 0);
    for id in names.into_iter().filter(|name| is_id(name)) {
        let stamp = statements.stamp(&id);
        let same = known.iter().find(|entry| entry.id == id && entry.stamp == stamp && stamp.is_some());
        let entry = match same {
            Some(same) => same.clone(),
            None => {
                let mut bytes = 0;
                let found = statement(&statements, &id, TOTAL - total, &mut bytes);
                let found = found.map(|found| found.map(Arc::new));
                let found = found.map_err(|error| Arc::new(Misfit { statement: Some(id.clone()), error }));
                Entry { id, stamp, bytes, found }
            }
        };
        total = (total + entry.bytes).min(TOTAL);
        entries.push(entry);
    }
    Ok((entries, more))
}

/// A statement; nothing of a folder that holds no version yet.
fn statement(statements: &Root, id: &str, most: usize, bytes: &mut usize) -> Result<Option<Statement>, Error> {
    let Some(folder) = statements.dir(id)? else { return Ok(None) };
    let names = folder.names(8 * VERSIONS)?;
    let numbers = names.iter().filter_map(|name| number(name));
    let count = numbers.clone().count();
    if count == 0 {
        return Ok(None);
    }
    if count > VERSIONS {
        return Err(Error::Form { file: folder.path("."), fault: Fault::Long("versions") });
    }
    // Different numbers, none above their count: they run from 1 without a gap.
    if numbers.clone().any(|number| number as usize > count) {
        return Err(Error::Form { file: folder.path("."), fault: Fault::Number("versions") });
    }
    let mut versions = Vec::with_capacity(count);
    for number in (1..).take(count) {
        versions.push(version(&folder, number, most, bytes)?);
    }
    let state = match folder.read(press::STATE, STATE_BYTES.min(most - *bytes))? {
        Some(found) => {
            *bytes += found.len();
            State::from_bytes(&found).map_err(Error::form(&folder.path(press::STATE)))?
        }
        None => State::default(),
    };
    Ok(Some(Statement { id: id.to_owned(), versions, state }))
}

fn version(folder: &Root, number: u32, most: usize, bytes: &mut usize) -> Result<Version, Error> {
    let file = version_file(number);
    let form = |fault| Error::Form { file: folder.path(&file), fault };
    let found = folder.read(&file, VERSION_BYTES.min(most - *bytes))?.ok_or_else(|| form(Fault::NotAFile))?;
    *bytes += found.len();
    let version = Version::from_bytes(&found).map_err(form)?;
    if version.number != number {
        return Err(form(Fault::Number("number")));
    }
    let bundle = match &version.bundle {
        Some(_) => folder.read(&bundle_file(number), BUNDLE_BYTES)?,
        None => None,
    };
    if is_named(&version, bundle.as_deref()) { Ok(version) } else { Err(form(Fault::Bundle)) }
}

/// The number of a version's file, from its name, which has one form only.
fn number(name: &str) -> Option<u32> {
    let digits = name.strip_suffix(".json")?;
    let number: u32 = digits.parse().ok()?;
    (number > 0 && number.to_string() == digits).then_some(number)
}
