//! What the rows of a table come to, kept in memory for as long as they stand at the versions that were read.
//!
//! A list of thousands is asked for with every page, and a record of kilobytes is opened for one line of it. Nothing is
//! read while the vault stands as it stood; otherwise the versions of all rows are read, and only what is new or changed is opened. It is for tables whose ids are never used again.

use std::collections::BTreeMap;

use countermark_vault::{Error as VaultError, Id, ReadTx, Record, State, Version};

/// What each row comes to, by id; nothing for a row that is damaged.
pub(crate) struct Memo<T> {
    rows: BTreeMap<Id, (Version, Option<T>)>,
    /// The state of the vault that this was read from.
    state: Option<State>,
}

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), state: None }
    }
}

impl<T> Memo<T> {
    /// Brings it to the state of a transaction, and says whether anything changed. A record that does not open keeps nobody from the
    /// others; the audit names it.
    pub(crate) fn refresh<R: Record>(
        &mut self,
        tx: &ReadTx<'_>,
        make: impl Fn(&Id, R) -> Option<T>,
    ) -> Result<bool, VaultError> {
        let state = tx.state()?;
        if state.is_some() && state == self.state {
            return Ok(false);
        }
        let now = tx.versions::<R>()?;
        let same = |(id, version): &(Id, Version)| self.rows.get(id).is_some_and(|(known, _)| known == version);
        if now.len() == self.rows.len() && now.iter().all(same) {
            self.state = state;
            return Ok(false);
        }
        let mut rows = BTreeMap::new();
        for (id, version) in now {
            let kept = self.rows.remove(&id).filter(|(known, _)| *known == version);
            let row = match kept {
                Some(row) => row,
                None => match tx.get_versioned::<R>(&id) {
                    Ok(Some((record, version))) => (version, make(&id, record)),
                    Ok(None) => continue,
                    Err(VaultError::Store(error)) => return Err(error.into()),
                    Err(_) => (version, None),
                },
            };
            rows.insert(id, row);
        }
        self.rows = rows;
        self.state = state;
        Ok(true)
    }

    /// All of it, in the order of the ids.
    pub(crate) fn values(&self) -> impl Iterator<Item = &T> {
        self.rows.values().filter_map(|(_, value)| value.as_ref())
    }
}
