//! The audit trail: append-only, each entry bound to all before it.
//!
//! An entry's hash is `SHA-256("countermark/audit/1" || previous hash || number || salt || at || who || act || subject || reason)`,
//! the last four each with its length in front (u64, big-endian; a missing reason is the length 2^64 - 1). The random salt lets
//! the hash be published, as the log does with the trail's head, without giving anything to guess at. The head stands in a record
//! of its own; a trail that was cut at its end disagrees with it, one that was rolled back together with the whole vault disagrees
//! with a head that was kept elsewhere.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Domain, Error, ReadTx, Record, Table, Vault, WriteTx, hex};

/// What somebody did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub at: u64,
    /// Who, as the office names him.
    pub who: String,
    /// What was done: a verb of the command line.
    pub act: String,
    /// To what: a message's id, a case's.
    pub subject: String,
    /// Why, where a reason was given.
    pub reason: Option<String>,
}

/// The state of the trail: how long it is, and what it hashes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The number of entries.
    pub entries: u64,
    /// The last entry's hash; zeros for an empty trail.
    #[serde(with = "hex::fixed")]
    pub hash: [u8; 32],
}

impl Head {
    /// The head of an empty trail.
    pub const EMPTY: Self = Self { entries: 0, hash: [0; 32] };
}

/// One entry as it is read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number, counted from 1.
    pub number: u64,
    /// What was done.
    pub act: Act,
    /// The entry's hash, which is the head after it.
    pub hash: [u8; 32],
}

#[derive(Serialize, Deserialize)]
struct Stored {
    #[serde(with = "hex::fixed")]
    salt: [u8; 32],
    #[serde(flatten)]
    act: Act,
}

impl Record for Stored {
    const TABLE: Table = Table::AUDIT;
    const DOMAIN: Domain = Domain::Main;
}

impl Record for Head {
    const TABLE: Table = Table::STATE;
    const DOMAIN: Domain = Domain::Main;
}

const HEAD: &[u8] = b"audit";

impl WriteTx<'_> {
    /// Appends to the audit trail, in this transaction: the act and its entry become durable together or not at all.
    ///
    /// # Errors
    /// Those of [`WriteTx::put`].
    pub fn audit(&mut self, act: &Act) -> Result<Head, Error> {
        let head = self.reading().audit_head()?;
        let mut stored = Stored { salt: [0; 32], act: act.clone() };
        self.rng().fill_bytes(&mut stored.salt);
        let next = Head { entries: head.entries + 1, hash: hash(&head, &stored) };
        // A row that stands there already belongs to a trail whose head was rolled back: it is never written over.
        self.insert(next.entries.to_be_bytes(), &stored)?;
        self.put(HEAD, &next)?;
        Ok(next)
    }
}

impl ReadTx<'_> {
    /// The trail's head, as the last entry left it.
    ///
    /// # Errors
    /// Those of [`ReadTx::get`].
    pub fn audit_head(&self) -> Result<Head, Error> {
        Ok(self.get::<Head>(HEAD)?.unwrap_or(Head::EMPTY))
    }

    /// What the newest entry says, read alone; `None` while there is none.
    ///
    /// # Errors
    /// Those of [`ReadTx::get`].
    pub fn audit_newest(&self) -> Result<Option<Act>, Error> {
        let head = self.audit_head()?;
        Ok(self.get::<Stored>(head.entries.to_be_bytes())?.map(|stored| stored.act))
    }

    /// All entries, in order, each verified against the ones before it, and the head against the last one.
    ///
    /// # Errors
    /// [`Error::Audit`] where an entry is missing, changed or out of order; those of [`ReadTx::get`].
    pub fn audit_entries(&self) -> Result<Vec<Entry>, Error> {
        let mut entries = Vec::new();
        let mut head = Head::EMPTY;
        self.visit::<Stored>(|id, stored| {
            let number = head.entries + 1;
            if id.as_bytes() != number.to_be_bytes() {
                return Err(Error::Audit { entry: number, what: "it is missing" });
            }
            head = Head { entries: number, hash: hash(&head, &stored) };
            entries.push(Entry { number, act: stored.act, hash: head.hash });
            Ok(())
        })?;
        self.ends_at(&head)?;
        Ok(entries)
    }

    /// The same where the first entries were read and verified before, in this vault: they are not opened again. Their rows must still be
    /// there, none missing and none written again since; what came after them is verified as ever.
    ///
    /// # Errors
    /// As [`audit_entries`](Self::audit_entries).
    pub fn audit_entries_after(&self, known: Vec<Entry>) -> Result<Vec<Entry>, Error> {
        let mut entries = known;
        let verified = entries.len();
        let mut head = entries.last().map_or(Head::EMPTY, |last| Head { entries: last.number, hash: last.hash });
        let rows = self.versions::<Stored>()?;
        for (number, (id, version)) in (1_u64..).zip(&rows) {
            let broken = |what| Error::Audit { entry: number, what };
            if id.as_bytes() != number.to_be_bytes() {
                return Err(broken("it is missing"));
            }
            if version.0 != 1 {
                return Err(broken("it was written again"));
            }
            if number > verified as u64 {
                let stored = self.get::<Stored>(id)?.ok_or_else(|| broken("it is missing"))?;
                head = Head { entries: number, hash: hash(&head, &stored) };
                entries.push(Entry { number, act: stored.act, hash: head.hash });
            }
        }
        if rows.len() < verified {
            return Err(Error::Audit { entry: rows.len() as u64 + 1, what: "it is missing" });
        }
        self.ends_at(&head)?;
        Ok(entries)
    }

    /// Whether the head is this one, which the entries come to.
    fn ends_at(&self, head: &Head) -> Result<(), Error> {
        let stated = self.audit_head()?;
        if stated == *head {
            return Ok(());
        }
        let what = match stated.entries.cmp(&head.entries) {
            std::cmp::Ordering::Greater => "it and what followed are missing",
            std::cmp::Ordering::Less => "it comes after the trail's end",
            std::cmp::Ordering::Equal => "its hash is not the trail's head",
        };
        let entry = if stated.entries > head.entries { head.entries + 1 } else { head.entries };
        Err(Error::Audit { entry, what })
    }
}

impl Vault {
    /// The trail's head: what goes into the log.
    ///
    /// # Errors
    /// Those of [`ReadTx::get`].
    pub fn audit_head(&self) -> Result<Head, Error> {
        self.read(|tx| tx.audit_head())
    }

    /// Verifies the whole trail, and that it continues from an earlier head where one is given.
    ///
    /// # Errors
    /// [`Error::Audit`]: an entry is missing, changed or out of order, or the trail does not contain the earlier head, which means
    /// that the vault was rolled back or exchanged.
    pub fn verify_audit(&self, earlier: Option<&Head>) -> Result<Head, Error> {
        let entries = self.read(|tx| tx.audit_entries())?;
        let head_at = |count: u64| match count {
            0 => Some([0; 32]),
            _ => entries.get(usize::try_from(count - 1).ok()?).map(|entry| entry.hash),
        };
        if let Some(earlier) = earlier {
            match head_at(earlier.entries) {
                Some(hash) if hash == earlier.hash => {}
                Some(_) => {
                    return Err(Error::Audit { entry: earlier.entries, what: "it is not the one of the earlier head" });
                }
                None => {
                    return Err(Error::Audit {
                        entry: entries.len() as u64 + 1,
                        what: "the earlier head has it, the vault has not",
                    });
                }
            }
        }
        let last = entries.last();
        Ok(last.map_or(Head::EMPTY, |entry| Head { entries: entry.number, hash: entry.hash }))
    }
}

fn hash(head: &Head, stored: &Stored) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"countermark/audit/1");
    hash.update(head.hash);
    hash.update((head.entries + 1).to_be_bytes());
    hash.update(stored.salt);
    hash.update(stored.act.at.to_be_bytes());
    let Act { who, act, subject, reason, .. } = &stored.act;
    for text in [Some(who), Some(act), Some(subject), reason.as_ref()] {
        hash.update(text.map_or(u64::MAX, |text| text.len() as u64).to_be_bytes());
        hash.update(text.map_or(&[][..], |text| text.as_bytes()));
    }
    hash.finalize().into()
}
