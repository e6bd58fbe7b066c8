//! The desk's side: files go into the published directory whole, and versions never change.
//!
//! Every file is written under another name, made durable, put in its place by a rename, and its directory made durable: at any moment a
//! reader finds the old file or the new one. A bundle is in its place before the version that names it.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use countermark_tlog::directory::{Disk, Folder};
use sha2::{Digest, Sha256};

use crate::limits::{BUNDLE_BYTES, SITE_BYTES, STATE_BYTES, SUPPORT_BYTES, VERSION_BYTES};
use crate::{Error, Fault, Site, State, Version, check_png, is_id};

/// The folder of all statements.
pub(crate) const STATEMENTS: &str = "statements";
/// The office's page.
pub(crate) const SITE: &str = "site.json";
/// The picture of a support code.
pub(crate) const SUPPORT: &str = "support.png";
/// What changes of a statement without a new version.
pub(crate) const STATE: &str = "state.json";
/// Whoever writes holds it.
const LOCK: &str = ".lock";

/// How long another process that writes is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
const WAIT: Duration = Duration::from_millis(10);

/// The published directory, to write into. While it lives nobody else writes: keep it only as long as it takes.
pub struct Press<D: Disk = Folder> {
    disk: D,
    _lock: D::Lock,
}

/// What became of something that was to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// It stood there already, byte for byte.
    Already,
    /// It was written.
    Written,
}

impl Press {
    /// The directory, made where it does not exist; its parent does.
    ///
    /// # Errors
    /// [`Error::Disk`]; [`Error::Busy`] where another process writes for ten seconds.
    pub fn create(dir: &Path) -> Result<Self, Error> {
        Self::on(Folder::create_public(dir).map_err(Error::disk("."))?)
    }

    /// The directory, which exists.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn open(dir: &Path) -> Result<Self, Error> {
        match dir.metadata() {
            Ok(meta) if meta.is_dir() => Self::create(dir),
            Ok(_) => Err(Error::disk(".")(std::io::ErrorKind::NotADirectory.into())),
            Err(error) => Err(Error::disk(".")(error)),
        }
    }
}

impl<D: Disk> Press<D> {
    /// As [`create`](Press::create), on any disk.
    ///
    /// # Errors
    /// The same.
    pub fn on(disk: D) -> Result<Self, Error> {
        let begun = Instant::now();
        let lock = loop {
            match disk.lock(LOCK).map_err(Error::disk(LOCK))? {
                Some(lock) => break lock,
                None if begun.elapsed() > PATIENCE => return Err(Error::Busy),
                None => std::thread::sleep(WAIT),
            }
        };
        let press = Self { disk, _lock: lock };
        press.make_dir(STATEMENTS, "")?;
        Ok(press)
    }

    /// Writes the office's page.
    ///
    /// # Errors
    /// [`Error::Form`], [`Error::Disk`].
    pub fn put_site(&mut self, site: &Site) -> Result<Held, Error> {
        let bytes = site.to_bytes().map_err(Error::form(SITE))?;
        self.put("", SITE, &bytes, SITE_BYTES)
    }

    /// Writes the support picture, a PNG, or removes it.
    ///
    /// # Errors
    /// [`Error::Form`], [`Error::Disk`].
    pub fn put_support(&mut self, picture: Option<&[u8]>) -> Result<Held, Error> {
        match picture {
            Some(bytes) => {
                check_png(bytes).map_err(Error::form(SUPPORT))?;
                self.put("", SUPPORT, bytes, SUPPORT_BYTES)
            }
            None if self.names("")?.contains(SUPPORT) => {
                self.disk.remove(SUPPORT).map_err(Error::disk(SUPPORT))?;
                self.disk.sync_dir("").map_err(Error::disk("."))?;
                Ok(Held::Written)
            }
            None => Ok(Held::Already),
        }
    }

    /// Writes a version, the bytes of its file as [`Version::to_bytes`] gives them, and the bundle that it names. One that stands there
    /// with the same bytes is left as it is.
    ///
    /// # Errors
    /// [`Error::Immutable`] where it stands there with others; [`Error::Form`] for one that no reader would take, whose bundle is another
    /// one, or that does not follow the one before it; [`Error::Disk`].
    pub fn put_version(&mut self, id: &str, version: &[u8], bundle: Option<&[u8]>) -> Result<Held, Error> {
        let dir = folder(id)?;
        let read = Version::from_bytes(version).map_err(Error::form(&dir))?;
        let (file, bundle_file) = (version_file(read.number), bundle_file(read.number));
        let form = |fault| Error::Form { file: format!("{dir}/{file}"), fault };
        if !is_named(&read, bundle) {
            return Err(form(Fault::Bundle));
        }
        self.make_dir(&dir, STATEMENTS)?;
        if let Some(held) = self.read(&dir, &file, VERSION_BYTES)? {
            if held != version {
                return Err(Error::Immutable { statement: id.to_owned(), number: read.number });
            }
            // The version is in its place only after its bundle; one that somebody took away is put back.
            return match bundle {
                Some(bundle) => self.put(&dir, &bundle_file, bundle, BUNDLE_BYTES),
                None => Ok(Held::Already),
            };
        }
        if read.number > 1 && !self.names(&dir)?.contains(&version_file(read.number - 1)) {
            return Err(form(Fault::Number("number")));
        }
        if let Some(bundle) = bundle {
            self.put(&dir, &bundle_file, bundle, BUNDLE_BYTES)?;
        }
        self.put(&dir, &file, version, VERSION_BYTES)
    }

    /// Writes what changes of a statement without a new version.
    ///
    /// # Errors
    /// [`Error::Form`], [`Error::Disk`].
    pub fn put_state(&mut self, id: &str, state: &State) -> Result<Held, Error> {
        let dir = folder(id)?;
        let bytes = state.to_bytes().map_err(Error::form(&format!("{dir}/{STATE}")))?;
        self.make_dir(&dir, STATEMENTS)?;
        self.put(&dir, STATE, &bytes, STATE_BYTES)
    }

    /// The statements that have a folder here, by their ids.
    ///
    /// # Errors
    /// [`Error::Disk`].
    pub fn ids(&self) -> Result<BTreeSet<String>, Error> {
        let names = self.names(STATEMENTS)?;
        Ok(names.iter().filter_map(|name| name.strip_suffix('/')).filter(|id| is_id(id)).map(str::to_owned).collect())
    }

    /// How many versions of a statement stand here, counted from the first.
    ///
    /// # Errors
    /// [`Error::Form`] for an id that is none; [`Error::Disk`].
    pub fn versions(&self, id: &str) -> Result<u32, Error> {
        let names = self.names(&folder(id)?)?;
        Ok((1..).take_while(|number| names.contains(&version_file(*number))).last().unwrap_or(0))
    }

    /// The bytes of a version's file.
    ///
    /// # Errors
    /// [`Error::Form`] for an id that is none; [`Error::Disk`].
    pub fn version(&self, id: &str, number: u32) -> Result<Option<Vec<u8>>, Error> {
        self.read(&folder(id)?, &version_file(number), VERSION_BYTES)
    }

    fn names(&self, dir: &str) -> Result<BTreeSet<String>, Error> {
        let path = if dir.is_empty() { String::new() } else { format!("{dir}/") };
        Ok(self.disk.list(&path).map_err(Error::disk(dir))?.into_iter().collect())
    }

    fn read(&self, dir: &str, file: &str, most: usize) -> Result<Option<Vec<u8>>, Error> {
        let path = join(dir, file);
        match self.disk.read(&path, most) {
            // Whatever stands there, it is not what belongs there.
            Err(error) if error.kind() == std::io::ErrorKind::FileTooLarge => Ok(Some(Vec::new())),
            read => read.map_err(Error::disk(&path)),
        }
    }

    /// Makes a folder within another one, durably.
    fn make_dir(&self, dir: &str, parent: &str) -> Result<(), Error> {
        if self.names(parent)?.contains(&format!("{}/", dir.rsplit('/').next().unwrap_or(dir))) {
            return Ok(());
        }
        self.disk.create_dir(dir).map_err(Error::disk(dir))?;
        self.disk.sync_dir(parent).map_err(Error::disk(parent))
    }

    /// Puts a file in its place.
    fn put(&self, dir: &str, file: &str, bytes: &[u8], most: usize) -> Result<Held, Error> {
        let (path, new) = (join(dir, file), join(dir, &format!(".{file}.new")));
        let error = || Error::disk(&path);
        if self.read(dir, file, most)?.as_deref() == Some(bytes) {
            // What is read may not be durable yet: whoever wrote it may have died before it was.
            self.disk.sync_dir(dir).map_err(error())?;
            return Ok(Held::Already);
        }
        // Left behind by one that died; nobody else is here.
        match self.disk.remove(&new) {
            Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => {}
            removed => removed.map_err(error())?,
        }
        let mut opened = self.disk.create(&new).map_err(error())?;
        self.disk.write(&mut opened, bytes).map_err(error())?;
        self.disk.sync(&mut opened).map_err(error())?;
        self.disk.rename(&new, &path).map_err(error())?;
        self.disk.sync_dir(dir).map_err(error())?;
        Ok(Held::Written)
    }
}

impl<D: Disk> std::fmt::Debug for Press<D> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Press").finish_non_exhaustive()
    }
}

/// The file of a version.
pub(crate) fn version_file(number: u32) -> String {
    format!("{number}.json")
}

/// The file of its bundle.
pub(crate) fn bundle_file(number: u32) -> String {
    format!("{number}.bundle.json")
}

/// The number of a version's file, from its name, which has one form only.
pub(crate) fn number(name: &str) -> Option<u32> {
    let digits = name.strip_suffix(".json")?;
    let number: u32 = digits.parse().ok()?;
    (number > 0 && number.to_string() == digits).then_some(number)
}

/// Whether a bundle is the one that a version names.
pub(crate) fn is_named(version: &Version, bundle: Option<&[u8]>) -> bool {
    match (&version.bundle, bundle) {
        (None, None) => true,
        (Some(named), Some(bytes)) => {
            let sha256: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            named.bytes == bytes.len() as u64 && named.sha256 == sha256
        }
        _ => false,
    }
}

fn folder(id: &str) -> Result<String, Error> {
    if is_id(id) {
        return Ok(format!("{STATEMENTS}/{id}"));
    }
    Err(Error::Form { file: STATEMENTS.to_owned(), fault: Fault::Value("id") })
}

fn join(dir: &str, file: &str) -> String {
    if dir.is_empty() { file.to_owned() } else { format!("{dir}/{file}") }
}
