//! The pressroom's side: what the published directory shows.
//!
//! Everything is checked as it is read, and a statement with a fault is left out whole, with a word about it: it takes no other one with
//! it, and nothing of it is shown half. A version whose bundle is missing or another one is shown all the same, as one that nothing proves:
//! whoever can spoil a file must not be able to take words back.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use crate::limits::{BUNDLE_BYTES, SITE_BYTES, STATE_BYTES, STATEMENTS, SUPPORT_BYTES, VERSION_BYTES, VERSIONS};
use crate::press::{self, bundle_file, is_named, number, version_file};
use crate::root::{Root, Stamp};
use crate::seen::{Round, STEP, Seen, young};
use crate::{Error, Fault, Site, State, Statement, Version, check_png, is_id};

/// Bytes of versions and states that are held at once, at most.
const TOTAL: usize = 512 << 20;

/// What a published directory shows, as it was when it was read.
#[derive(Debug, Clone)]
pub struct Shown {
    dir: PathBuf,
    site: Arc<Site>,
    support: Option<Arc<[u8]>>,
    statements: Vec<Arc<Statement>>,
    misfits: Vec<Arc<Misfit>>,
    entries: Vec<Entry>,
    stamps: [Option<Stamp>; 4],
    round: Round,
    /// From when on it has to be read again, whatever the stamps say.
    again: Option<SystemTime>,
}

/// Something in the directory that is not as the desk writes it.
#[derive(Debug)]
pub struct Misfit {
    /// The statement's id; none where it is the site's.
    pub statement: Option<String>,
    /// The version whose bundle is missing or another one: it is shown, and proved by nothing. Else nothing is shown of what is meant.
    pub unproved: Option<u32>,
    /// Why.
    pub error: Error,
}

/// A statement's folder as it was read.
#[derive(Debug, Clone)]
struct Entry {
    id: String,
    seen: Seen,
    /// It may have changed again before it was read.
    young: bool,
    bytes: usize,
    found: Result<Option<Arc<Statement>>, Arc<Misfit>>,
    /// Versions without their bundle.
    unproved: Vec<Arc<Misfit>>,
}

impl Shown {
    /// Reads a published directory.
    ///
    /// # Errors
    /// [`Error::Disk`] where the directory itself can't be read. What is wrong within it is left out and stands in
    /// [`misfits`](Self::misfits).
    pub fn load(dir: &Path) -> Result<Self, Error> {
        Self::read(dir, &[], SystemTime::now())
    }

    /// Reads it again; a statement of which nothing has changed is taken over.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn reload(&self) -> Result<Self, Error> {
        Self::read(&self.dir, &self.entries, SystemTime::now())
    }

    /// Whether something in the directory has changed since it was read: a look at times and lengths, nothing is read. What came by a rename,
    /// as the desk writes, is seen at once; what was changed within a file, by one of the next looks: each goes over two thousand files.
    #[must_use]
    pub fn changed(&self) -> bool {
        let Ok(root) = Root::open(&self.dir) else { return true };
        if self.stamps != stamps(&root) {
            return true;
        }
        if self.again.is_some_and(|again| SystemTime::now() >= again) {
            return true;
        }
        let Ok(Some(statements)) = root.dir(press::STATEMENTS) else { return !self.entries.is_empty() };
        self.round.finds_change(&statements, self.entries.iter().map(|entry| (entry.id.as_str(), &entry.seen)))
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

    /// What is not shown, or is shown and not proved, and why.
    #[must_use]
    pub fn misfits(&self) -> &[Arc<Misfit>] {
        &self.misfits
    }

    /// Whether the bundle of a version was missing or another one when the directory was read.
    #[must_use]
    pub fn is_unproved(&self, id: &str, number: u32) -> bool {
        let meant = |misfit: &&Arc<Misfit>| misfit.unproved == Some(number) && misfit.statement.as_deref() == Some(id);
        self.misfits.iter().any(|misfit| meant(&misfit))
    }

    /// Whether there is a statement of this id of which nothing can be shown.
    #[must_use]
    pub fn is_left_out(&self, id: &str) -> bool {
        self.misfits.iter().any(|misfit| misfit.unproved.is_none() && misfit.statement.as_deref() == Some(id))
    }

    fn read(dir: &Path, known: &[Entry], begun: SystemTime) -> Result<Self, Error> {
        let root = Root::open(dir)?;
        let mut misfits = Vec::new();
        let mut misfit = |error| misfits.push(Arc::new(Misfit { statement: None, unproved: None, error }));
        let stamps = stamps(&root);
        // A site that can't be read takes nothing from readers: it has no key to seal to.
        let site = site(&root).unwrap_or_else(|error| {
            misfit(error);
            Site::default()
        });
        let support = support(&root).unwrap_or_else(|error| {
            misfit(error);
            None
        });
        let (entries, more) = entries(&root, known, begun)?;
        if more {
            misfit(Error::Form { file: press::STATEMENTS.to_owned(), fault: Fault::Long("statements") });
        }
        misfits.extend(
            entries.iter().flat_map(|entry| entry.found.as_ref().err().into_iter().chain(&entry.unproved)).cloned(),
        );
        let mut statements: Vec<_> = entries.iter().filter_map(|entry| entry.found.clone().ok().flatten()).collect();
        let newest = |statement: &Statement| statement.latest().map_or(0, |version| version.published_at);
        statements.sort_by(|a, b| newest(b).cmp(&newest(a)).then_with(|| a.id.cmp(&b.id)));
        let young = young(stamps.iter(), begun) || entries.iter().any(|entry| entry.young);
        let again = young.then(|| begun + STEP);
        let (dir, site, round) = (dir.to_owned(), Arc::new(site), Round::default());
        Ok(Self { dir, site, support, statements, misfits, entries, stamps, round, again })
    }
}

/// The directory's own, and those of what stands in it beside the statements.
fn stamps(root: &Root) -> [Option<Stamp>; 4] {
    [".", press::STATEMENTS, press::SITE, press::SUPPORT].map(|name| root.stamp(name))
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
fn entries(root: &Root, known: &[Entry], begun: SystemTime) -> Result<(Vec<Entry>, bool), Error> {
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
        let same = known.iter().find(|entry| entry.id == id && !entry.young);
        let entry = match same.filter(|entry| entry.seen.is_same(&statements, &id)) {
            Some(same) => same.clone(),
            None => entry(&statements, id, TOTAL - total, begun),
        };
        total = (total + entry.bytes).min(TOTAL);
        entries.push(entry);
    }
    Ok((entries, more))
}

fn entry(statements: &Root, id: String, most: usize, begun: SystemTime) -> Entry {
    let seen = Seen::now(statements, &id);
    let (mut bytes, mut unproved) = (0, Vec::new());
    let misfit = |unproved, error| Arc::new(Misfit { statement: Some(id.clone()), unproved, error });
    let mut lacks = |number, error| unproved.push(misfit(Some(number), error));
    let found = statement(statements, &id, most, &mut bytes, &mut lacks);
    let found = found.map(|found| found.map(Arc::new)).map_err(|error| misfit(None, error));
    if found.is_err() {
        unproved.clear();
    }
    Entry { young: seen.is_young(begun), seen, bytes, found, unproved, id }
}

/// A statement; nothing of a folder that holds no version yet. `lacks` is told of versions without their bundle.
fn statement(
    statements: &Root,
    id: &str,
    most: usize,
    bytes: &mut usize,
    lacks: &mut impl FnMut(u32, Error),
) -> Result<Option<Statement>, Error> {
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
        let version = version(&folder, number, most, bytes)?;
        if let Some(error) = unproved(&folder, &version) {
            lacks(number, error);
        }
        versions.push(version);
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
    Ok(version)
}

/// Why the bundle that a version names is not there, if it is not.
fn unproved(folder: &Root, version: &Version) -> Option<Error> {
    version.bundle.as_ref()?;
    let file = bundle_file(version.number);
    match folder.read(&file, BUNDLE_BYTES) {
        Ok(bundle) if is_named(version, bundle.as_deref()) => None,
        Ok(_) => Some(Error::Form { file: folder.path(&file), fault: Fault::Bundle }),
        Err(error) => Some(error),
    }
}

#[cfg(test)]
mod tests;
