//! The desk's file, `X.desk` beside the vault: the identity of each person, encrypted under his passphrase (docs/formats/desk.md).
//!
//! Name and passphrase go into one Argon2id together, and what it gives says both which entry is meant and what opens it. So nothing in the file
//! tells whether it knows a name, and looking for one costs the same whether it does or not.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countermark_vault::cipher::{KeyName, Place, decrypt, encrypt};
use countermark_vault::{Kdf, Key, Table, VaultId};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::session::hex;

/// The file's format.
const FORMAT: u32 = 1;

/// The most bytes of one.
pub(crate) const MOST: usize = 4 << 20;

/// What an entry is encrypted as: a row of this table of the vault, in which no row stands.
const TABLE: Table = Table::new(59);
const NAME: KeyName = KeyName { domain: 0, generation: 0 };

/// What opens an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A person's passphrase.
    Person,
    /// The code of an invitation.
    Invitation,
}

/// The file's content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeskFile {
    format: u32,
    /// Whether a person of the vault stands in it: a set-up that was cut off before may be begun again.
    pub(crate) founded: bool,
    vault: String,
    salt: String,
    kdf: Kdf,
    persons: BTreeMap<String, String>,
    invitations: BTreeMap<String, Invitation>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Invitation {
    /// Milliseconds since 1970.
    until: u64,
    sealed: String,
}

/// What one name and one passphrase give.
pub(crate) struct Derived {
    pub(crate) id: String,
    key: Key,
}

/// Why a file can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FileError {
    #[error("the desk's file can't be read: restore it from a backup")]
    Content,
    #[error("the desk's file has format {0}, this program knows 1")]
    Format(u32),
    #[error("the passphrase can't be used")]
    Passphrase,
}

impl DeskFile {
    /// A file without a person.
    pub(crate) fn new(vault: VaultId, kdf: Kdf, salt: &[u8; 32]) -> Self {
        Self {
            format: FORMAT,
            founded: false,
            vault: vault.to_string(),
            salt: hex(salt),
            kdf,
            persons: BTreeMap::new(),
            invitations: BTreeMap::new(),
        }
    }

    /// Reads one.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, FileError> {
        #[derive(Deserialize)]
        struct Head {
            format: u32,
        }
        if bytes.len() > MOST {
            return Err(FileError::Content);
        }
        let head: Head = serde_json::from_slice(bytes).map_err(|_| FileError::Content)?;
        if head.format != FORMAT {
            return Err(FileError::Format(head.format));
        }
        let file: Self = serde_json::from_slice(bytes).map_err(|_| FileError::Content)?;
        file.vault_id().and(file.salt_bytes()).ok_or(FileError::Content)?;
        Kdf::new(file.kdf.memory_kib(), file.kdf.passes(), file.kdf.lanes()).map_err(|_| FileError::Content)?;
        Ok(file)
    }

    /// Its bytes.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).expect("texts and numbers can be written");
        bytes.push(b'\n');
        bytes
    }

    /// What a name and a passphrase, or the code of an invitation and no name, lead to. Slow on purpose.
    pub(crate) fn derive(&self, kind: Kind, name: &str, secret: &str) -> Result<Derived, FileError> {
        let mut salt = Sha256::new();
        salt.update(match kind {
            Kind::Person => b"countermark/desk/1/person" as &[u8],
            Kind::Invitation => b"countermark/desk/1/invitation",
        });
        salt.update(self.salt_bytes().ok_or(FileError::Content)?);
        salt.update(name.as_bytes());
        let root = self.kdf.derive(secret, &salt.finalize().into()).map_err(|_| FileError::Passphrase)?;
        let id = hex(root.derive("countermark/desk/1/entry").as_bytes());
        Ok(Derived { id, key: root.derive("countermark/desk/1/key") })
    }

    /// The identity of the entry that was derived, if there is one.
    pub(crate) fn person(&self, derived: &Derived) -> Option<Zeroizing<String>> {
        self.unseal(derived, self.persons.get(&derived.id)?)
    }

    /// The identity of an invitation that holds at `now`, milliseconds since 1970.
    pub(crate) fn invited(&self, derived: &Derived, now: u64) -> Option<Zeroizing<String>> {
        let invitation = self.invitations.get(&derived.id).filter(|invitation| now < invitation.until)?;
        self.unseal(derived, &invitation.sealed)
    }

    /// Puts a person's identity.
    pub(crate) fn put(&mut self, derived: &Derived, identity: &str, rng: &mut dyn CryptoRng) {
        let sealed = self.seal(derived, identity, rng);
        self.persons.insert(derived.id.clone(), sealed);
    }

    /// Puts an invitation.
    pub(crate) fn invite(&mut self, derived: &Derived, identity: &str, until: u64, rng: &mut dyn CryptoRng) {
        let sealed = self.seal(derived, identity, rng);
        self.invitations.insert(derived.id.clone(), Invitation { until, sealed });
    }

    /// Removes an entry, whichever it is.
    pub(crate) fn remove(&mut self, id: &str) {
        self.persons.remove(id);
        self.invitations.remove(id);
    }

    fn seal(&self, derived: &Derived, identity: &str, rng: &mut dyn CryptoRng) -> String {
        let id = derived.id.as_bytes();
        STANDARD.encode(encrypt(&derived.key, NAME, self.place(id), identity.as_bytes(), rng))
    }

    fn unseal(&self, derived: &Derived, sealed: &str) -> Option<Zeroizing<String>> {
        let blob = STANDARD.decode(sealed).ok()?;
        let content = decrypt(&derived.key, self.place(derived.id.as_bytes()), &blob).ok()?;
        std::str::from_utf8(&content).ok().map(|text| Zeroizing::new(text.to_owned()))
    }

    fn place<'a>(&self, id: &'a [u8]) -> Place<'a> {
        let vault = self.vault_id().unwrap_or(VaultId::from_bytes([0; 16]));
        Place { vault, table: TABLE.number(), id, version: 1 }
    }

    fn vault_id(&self) -> Option<VaultId> {
        unhex(&self.vault).map(VaultId::from_bytes)
    }

    fn salt_bytes(&self) -> Option<[u8; 32]> {
        unhex(&self.salt)
    }
}

fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N || !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use countermark_testkit::rng;

    use super::*;

    const IDENTITY: &str = "# countermark identity: Ines Almada\nAGE-SECRET-KEY-1\n";

    fn file() -> DeskFile {
        DeskFile::new(VaultId::from_bytes([1; 16]), Kdf::CHEAP, &[2; 32])
    }

    fn ines(file: &DeskFile) -> Derived {
        file.derive(Kind::Person, "Ines Almada", "a long passphrase").unwrap()
    }

    #[test]
    fn opens_by_name_and_passphrase_together() {
        let mut file = file();
        let derived = ines(&file);
        file.put(&derived, IDENTITY, &mut rng(1));
        let read = DeskFile::parse(&file.to_bytes()).unwrap();
        assert_eq!(read, file);
        assert_eq!(read.person(&ines(&read)).unwrap().as_str(), IDENTITY);
        for (kind, name, passphrase) in [
            (Kind::Person, "Ines Almada", "another passphrase"),
            (Kind::Person, "Tomas Reyl", "a long passphrase"),
            (Kind::Person, "ines almada", "a long passphrase"),
            (Kind::Invitation, "Ines Almada", "a long passphrase"),
        ] {
            let wrong = read.derive(kind, name, passphrase).unwrap();
            assert!(read.person(&wrong).is_none() && read.invited(&wrong, 0).is_none());
            assert_ne!(wrong.id, derived.id);
        }
        assert!(read.derive(Kind::Person, "Ines Almada", "").is_err());
        file.remove(&derived.id);
        assert!(file.person(&derived).is_none());
    }

    #[test]
    fn no_name_stands_in_it_and_nothing_that_goes_with_one() {
        let (mut file, mut same) = (file(), file());
        let derived = ines(&file);
        file.put(&derived, IDENTITY, &mut rng(1));
        let text = String::from_utf8(file.to_bytes()).unwrap();
        assert!(!text.contains("Ines") && !text.contains("AGE"));
        // Another passphrase of the same name leads to an entry that has nothing in common with it.
        let other = same.derive(Kind::Person, "Ines Almada", "another passphrase").unwrap();
        same.put(&other, IDENTITY, &mut rng(1));
        assert!(file.persons.keys().all(|id| !same.persons.contains_key(id)));
    }

    #[test]
    fn an_entry_stays_where_it_is() {
        let mut file = file();
        let derived = ines(&file);
        file.put(&derived, IDENTITY, &mut rng(1));
        let mut moved = DeskFile::new(VaultId::from_bytes([9; 16]), Kdf::CHEAP, &[2; 32]);
        moved.persons = file.persons.clone();
        assert!(moved.person(&derived).is_none(), "it is another vault's");
        let sealed = file.persons[&derived.id].clone();
        let mut bytes = STANDARD.decode(&sealed).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        file.persons.insert(derived.id.clone(), STANDARD.encode(&bytes));
        assert!(file.person(&derived).is_none());
        for junk in ["", "!", "AAAA"] {
            file.persons.insert(derived.id.clone(), junk.to_owned());
            assert!(file.person(&derived).is_none());
        }
    }

    #[test]
    fn invitations_end() {
        let mut file = file();
        let derived = file.derive(Kind::Invitation, "", "CODE").unwrap();
        file.invite(&derived, IDENTITY, 1_000, &mut rng(1));
        assert!(file.invited(&derived, 999).is_some());
        assert!(file.invited(&derived, 1_000).is_none());
        assert!(file.person(&derived).is_none(), "an invitation is no way in");
    }

    #[test]
    fn what_is_no_file_is_refused() {
        let good = String::from_utf8(file().to_bytes()).unwrap();
        assert_eq!(
            DeskFile::parse(good.replace("\"format\": 1", "\"format\": 2").as_bytes()),
            Err(FileError::Format(2))
        );
        for bad in [
            String::new(),
            "[]".to_owned(),
            good.replace("\"founded\"", "\"unknown\""),
            good.replace(&"02".repeat(32), "02"),
            good.replace(&"01".repeat(16), "xx"),
            good.replace("\"passes\": 1", "\"passes\": 4000000000"),
        ] {
            assert_eq!(DeskFile::parse(bad.as_bytes()), Err(FileError::Content), "{bad}");
        }
    }
}
