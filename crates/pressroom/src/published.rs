//! What was published, as it lies in the directory: the one place that reads it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use countermark_statement::{Error, Shown, Site, Statement, Version};

use crate::proof::{Keys, Proof};

/// What the directory shows. Bundles stay on the disk until somebody wants one.
pub(crate) struct Published {
    /// None of a directory that is not there (yet).
    shown: Option<Shown>,
    nothing: Site,
    /// What stands for it in a preview.
    ahead: Vec<Arc<Statement>>,
    /// Whether the first of them shows the office's own copy, as its bundle will tell.
    own_copy: bool,
    /// What was found of bundles, by their hash; it holds for the site's keys.
    proofs: Mutex<HashMap<String, Proof>>,
}

impl Published {
    /// Reads a directory; one that is absent shows nothing.
    pub(crate) fn load(dir: &Path) -> Result<Self, Error> {
        let shown = match Shown::load(dir) {
            Ok(shown) => Some(shown),
            Err(_) if !dir.exists() => None,
            Err(error) => return Err(error),
        };
        Ok(Self::of(shown))
    }

    fn of(shown: Option<Shown>) -> Self {
        Self { shown, nothing: Site::default(), ahead: Vec::new(), own_copy: false, proofs: Mutex::default() }
    }

    /// What is in no directory yet.
    pub(crate) fn ahead(site: Site, statements: Vec<Statement>, own_copy: bool) -> Self {
        Self { nothing: site, ahead: statements.into_iter().map(Arc::new).collect(), own_copy, ..Self::of(None) }
    }

    /// The same read again, if something in it has changed: a look at times, nothing is read.
    pub(crate) fn renewed(&self, dir: &Path) -> Result<Option<Self>, Error> {
        let Some(shown) = &self.shown else {
            return if dir.exists() { Self::load(dir).map(Some) } else { Ok(None) };
        };
        if !shown.changed() {
            return Ok(None);
        }
        Ok(Some(Self::of(Some(shown.reload()?))))
    }

    pub(crate) fn site(&self) -> &Site {
        self.shown.as_ref().map_or(&self.nothing, Shown::site)
    }

    /// The statements, the one last updated first.
    pub(crate) fn statements(&self) -> &[Arc<Statement>] {
        self.shown.as_ref().map_or(&self.ahead, Shown::statements)
    }

    /// How many statements lie there and can't be shown.
    pub(crate) fn misfits(&self) -> usize {
        let left_out = |shown: &Shown| shown.misfits().iter().filter(|misfit| misfit.unproved.is_none()).count();
        self.shown.as_ref().map_or(0, left_out)
    }

    pub(crate) fn statement(&self, id: &str) -> Option<&Statement> {
        let ahead = || self.ahead.iter().find(|statement| statement.id == id);
        self.shown.as_ref().map_or_else(ahead, |shown| shown.statement(id)).map(|statement| &**statement)
    }

    /// Whether a version's bundle is missing, or another one than it names: nothing proves it.
    pub(crate) fn is_unproved(&self, id: &str, version: &Version) -> bool {
        self.shown.as_ref().is_some_and(|shown| shown.is_unproved(id, version.number))
    }

    /// Whether a statement lies there of which nothing can be shown.
    pub(crate) fn is_left_out(&self, id: &str) -> bool {
        self.shown.as_ref().is_some_and(|shown| shown.is_left_out(id))
    }

    /// A version, and its statement.
    pub(crate) fn version(&self, id: &str, number: u32) -> Option<(&Statement, &Version)> {
        let statement = self.statement(id)?;
        Some((statement, statement.versions.iter().find(|version| version.number == number)?))
    }

    /// The bundle of a version; none where it has none, or where the file is not the one that the version names.
    pub(crate) fn bundle(&self, id: &str, number: u32) -> Option<Bytes> {
        self.shown.as_ref()?.bundle(id, number).ok().flatten().map(Bytes::from)
    }

    /// What is found of a version's bundle under the site's keys; looked at once.
    pub(crate) fn proof(&self, id: &str, version: &Version) -> Option<Proof> {
        // Before it is published there is no bundle to look into.
        self.shown.as_ref()?;
        let named = version.bundle.as_ref()?;
        // Two versions may name one bundle, and one of the two files be gone.
        if self.is_unproved(id, version) {
            return Some(Proof::absent());
        }
        let proofs = || self.proofs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = proofs().get(&named.sha256) {
            return Some(found.clone());
        }
        let found = match self.bundle(id, version.number) {
            Some(bytes) => Keys::of(self.site()).check(&bytes),
            None => Proof::absent(),
        };
        proofs().insert(named.sha256.clone(), found.clone());
        Some(found)
    }

    /// Whether what a version opens is the office's own copy's, and other copies may have other wordings. In which parts, nothing tells.
    pub(crate) fn shows_own_copy(&self, id: &str, version: &Version) -> bool {
        self.proof(id, version).map_or(self.own_copy, |found| found.own_copy)
    }

    /// The support picture, where it is to be shown.
    pub(crate) fn support(&self) -> Option<Bytes> {
        let picture = self.shown.as_ref()?.support()?;
        self.site().features.support.then(|| Bytes::copy_from_slice(&picture))
    }
}
