//! Checking a whole vault.

use serde::de::IgnoredAny;

use crate::{
    Domain, Error, Head, Header, Table, Vault, keyring::Ring, record::short, store::StoreError, tx::decrypt,
    vault::read_rows,
};

/// What a check found.
#[derive(Debug)]
pub struct Report {
    /// Records that open.
    pub records: u64,
    /// Records of the codebooks' domain whose key is not in the key file.
    pub keyless: u64,
    /// The audit trail's head, when the trail is whole.
    pub audit: Option<Head>,
    /// Everything that is wrong; empty for a vault that is well.
    pub problems: Vec<Error>,
}

impl Report {
    /// Whether nothing is wrong.
    pub fn is_well(&self) -> bool {
        self.problems.is_empty()
    }
}

impl Vault {
    /// Checks everything: the store's own structure, the header's authentication, that every record opens and is JSON, and
    /// the chain of the audit trail, from an earlier head where one is given. Nothing is changed. Codebooks whose key is not there are
    /// counted and are no problem: after a restore without the key file that is as it must be.
    ///
    /// # Errors
    /// Those of a store that can't be read at all; what is wrong with its content stands in the report.
    pub fn check(&self, earlier: Option<&Head>) -> Result<Report, Error> {
        let mut problems = Vec::new();
        match self.store().check() {
            Ok(()) => {}
            Err(error @ StoreError::Corrupt { .. }) => problems.push(Error::Store(error)),
            Err(other) => return Err(other.into()),
        }
        let (mut records, mut keyless) = (0, 0);
        let keys = self.keys();
        let mut unreadable = None;
        read_rows(self.store(), |rows| {
            Header::read(rows)?.verify(self.root())?;
            let ring = Ring::load(rows, self.id(), self.root(), &keys)?;
            for table in Table::STATE.number()..=u8::MAX {
                rows.list(table, &mut |id, row| {
                    let read = decrypt(&ring, table, id, &row).and_then(|content| {
                        serde_json::from_slice::<IgnoredAny>(&content).map_err(|error| Error::RecordContent {
                            table,
                            row: short(id),
                            line: error.line(),
                            column: error.column(),
                        })
                    });
                    match read {
                        Ok(IgnoredAny) => records += 1,
                        Err(Error::RecordKey { domain, .. }) if domain == Domain::Codebook.number() => keyless += 1,
                        Err(error @ Error::Keys(_)) => {
                            keyless += 1;
                            unreadable.get_or_insert(error);
                        }
                        Err(error) => problems.push(error),
                    }
                    Ok(())
                })?;
            }
            Ok::<_, Error>(())
        })
        .unwrap_or_else(|error| problems.push(error));
        problems.extend(unreadable);
        let audit = self.verify_audit(earlier).map_err(|error| problems.push(error)).ok();
        Ok(Report { records, keyless, audit, problems })
    }
}
