//! The persons of the office: an age key that opens the vault, an Ed25519 key that signs.

use countermark_vault::{Identity, SlotId, Way};
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use countermark_tlog::directory::Disk;

use crate::record::{DoorRecord, IdentityRecord, SharesRecord};
use crate::{Error, Office};

/// A person of the office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// His name in the vault.
    pub name: String,
    /// Whether his signature counts towards naming a recipient.
    pub approver: bool,
}

/// What a new person keeps: his secret keys, in one file that also `age` reads.
pub struct IdentityFile(Zeroizing<String>);

impl IdentityFile {
    /// The file's content.
    #[must_use]
    pub fn content(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for IdentityFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdentityFile(..)")
    }
}

impl<D: Disk + Clone> Office<D> {
    /// Makes keys for a new person, lets them open the vault, and gives back the file that he keeps. `keep` must have made the
    /// file durable when it returns: only then does the vault know the person.
    ///
    /// # Errors
    /// [`Error::IdentityExists`], a name that is none; what `keep` gives; the vault's.
    pub fn add_identity<E: From<Error>>(
        &mut self,
        name: &str,
        approver: bool,
        keep: impl FnOnce(&IdentityFile) -> Result<(), E>,
    ) -> Result<Person, E> {
        if name.trim().is_empty() || name.len() > 256 || name.chars().any(char::is_control) {
            return Err(Error::FieldValue { field: "name".to_owned(), longest: 256 }.into());
        }
        let id = self.vault.name_id("identity", name);
        let known = self.vault.read(|tx| tx.contains::<IdentityRecord>(&id)).map_err(Error::Vault)?;
        if known {
            return Err(Error::IdentityExists { name: name.to_owned() }.into());
        }
        let age = Identity::generate();
        let mut seed = Zeroizing::new([0; 32]);
        self.vault.rng().fill_bytes(seed.as_mut());
        let key = SigningKey::from_bytes(&seed);
        let record = IdentityRecord {
            name: name.to_owned(),
            age: age.recipient(),
            key: key.verifying_key().to_bytes(),
            approver,
            roles: None,
        };
        keep(&file(name, &age, &seed))?;
        let mut act = self.act("identity add", name);
        act.reason = approver.then(|| "approver".to_owned());
        // The record comes first: a person whose slot was never made can be removed, a slot that nobody knows of could not.
        let kept = self.vault.write(|tx| {
            tx.insert(&id, &record)?;
            tx.audit(&act)?;
            Ok(())
        });
        kept.map_err(|error: countermark_vault::Error| Error::Vault(error))?;
        self.vault.add_identity(&record.age).map_err(Error::Vault)?;
        Ok(Person { name: record.name, approver })
    }

    /// The persons of the office, by name.
    ///
    /// # Errors
    /// The vault's.
    pub fn identities(&self) -> Result<Vec<Person>, Error> {
        let mut persons: Vec<_> =
            self.identity_records()?.into_iter().map(|r| Person { name: r.name, approver: r.approver }).collect();
        persons.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(persons)
    }

    /// Removes a person: his file does not open the vault from now on (an earlier copy of the vault it still opens).
    ///
    /// # Errors
    /// [`Error::UnknownIdentity`]; the vault's, such as that nothing else would open it.
    pub fn remove_identity(&mut self, name: &str) -> Result<(), Error> {
        let id = self.vault.name_id("identity", name);
        let record = self.vault.read(|tx| tx.get::<IdentityRecord>(&id))?;
        let record = record.ok_or_else(|| Error::UnknownIdentity { name: name.to_owned() })?;
        if let Some(slot) = self.slot_of(&record)? {
            self.vault.remove_slot(slot)?;
        }
        let act = self.act("identity remove", name);
        self.vault.write(|tx| {
            tx.remove::<IdentityRecord>(&id)?;
            tx.remove::<DoorRecord>(&id)?;
            tx.audit(&act)?;
            Ok(())
        })
    }

    /// How many approvers hold shares of a message's recipients: 0 means that it can never name a person in public.
    ///
    /// # Errors
    /// No such message; the vault's.
    pub fn approvals_possible(&self, message: &str) -> Result<usize, Error> {
        let id = self.find(message)?.id;
        let shares = self.vault.read::<_, Error>(|tx| Ok(tx.get::<SharesRecord>(id.0)?))?;
        Ok(shares.map_or(0, |shares| shares.sealed.len()))
    }

    /// The approvers, by key: the order in which they are committed.
    pub(crate) fn approvers(&self) -> Result<Vec<IdentityRecord>, Error> {
        let mut approvers: Vec<_> = self.identity_records()?.into_iter().filter(|r| r.approver).collect();
        approvers.sort_by_key(|r| r.key);
        Ok(approvers)
    }

    fn identity_records(&self) -> Result<Vec<IdentityRecord>, Error> {
        let listed = self.vault.read::<_, Error>(|tx| Ok(tx.list::<IdentityRecord>()?))?;
        Ok(listed.into_iter().map(|(_, record)| record).collect())
    }

    fn slot_of(&self, record: &IdentityRecord) -> Result<Option<SlotId>, Error> {
        let slots = self.vault.slots()?;
        Ok(slots.into_iter().find(|slot| slot.way == Way::Identity(Some(record.age.clone()))).map(|slot| slot.id))
    }
}

/// The signing key in an identity file.
pub(crate) fn signing_key(file: &str) -> Option<SigningKey> {
    let seed = file.lines().find_map(|line| line.trim().strip_prefix(SIGNING_KEY))?;
    let seed = Zeroizing::new(crate::ledger::unhex(seed.trim())?);
    Some(SigningKey::from_bytes(seed.as_slice().try_into().ok()?))
}

/// What stands before the signing key in an identity file.
const SIGNING_KEY: &str = "# countermark signing key, secret:";

/// Comment lines for the person and for the second key, then the age secret, so that `age` and `rage` read the file too.
fn file(name: &str, age: &Identity, seed: &[u8; 32]) -> IdentityFile {
    let seed = Zeroizing::new(crate::ledger::hex(seed));
    IdentityFile(Zeroizing::new(format!(
        "# countermark identity: {name}\n# public key: {}\n{SIGNING_KEY} {}\n{}\n",
        age.recipient(),
        seed.as_str(),
        age.secret().as_str(),
    )))
}
