//! The two ways into a vault: a passphrase, an age identity.

use std::fmt;

use age::secrecy::ExposeSecret;
use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{Error, Key};

/// What opens a vault. `Debug` shows only which of the two it is.
#[derive(Clone, Copy)]
pub enum Unlock<'a> {
    /// A passphrase, its bytes exactly as they are: a line end at its end would be part of it.
    Passphrase(&'a str),
    /// An age X25519 identity, `AGE-SECRET-KEY-1...`, or the content of an identity file with its comment lines.
    Identity(&'a str),
}

impl fmt::Debug for Unlock<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Passphrase(_) => "Passphrase(..)",
            Self::Identity(_) => "Identity(..)",
        })
    }
}

/// The work that one guess of the passphrase costs: Argon2id (RFC 9106), version 0x13.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kdf {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl Kdf {
    /// 64 MiB, three passes, one lane: RFC 9106's second recommendation with fewer lanes, about 0.16 s on one core.
    pub const DEFAULT: Self = Self { memory_kib: 64 << 10, passes: 3, lanes: 1 };
    /// 64 KiB, one pass: for tests and throw-away vaults, no protection for a real passphrase.
    pub const CHEAP: Self = Self { memory_kib: 64, passes: 1, lanes: 1 };

    /// The most memory that a header may ask for, in KiB: a forged header must not exhaust the machine before anything is verified.
    pub const MOST_MEMORY_KIB: u32 = 2 << 20;
    /// The most passes.
    pub const MOST_PASSES: u32 = 64;
    /// The most lanes.
    pub const MOST_LANES: u32 = 16;

    /// Parameters within the limits: 8 KiB a lane to 2 GiB, 1 to 64 passes, 1 to 16 lanes.
    ///
    /// # Errors
    /// [`Error::Kdf`] with the limit that is broken.
    pub fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, Error> {
        let kdf = Self { memory_kib, passes, lanes };
        kdf.check()?;
        Ok(kdf)
    }

    /// Memory, in KiB.
    pub fn memory_kib(&self) -> u32 {
        self.memory_kib
    }

    /// Passes over the memory.
    pub fn passes(&self) -> u32 {
        self.passes
    }

    /// Lanes.
    pub fn lanes(&self) -> u32 {
        self.lanes
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        let within = |name, value, least, most| {
            if (least..=most).contains(&value) { Ok(()) } else { Err(Error::Kdf { name, value, least, most }) }
        };
        within("lanes", self.lanes, 1, Self::MOST_LANES)?;
        within("passes", self.passes, 1, Self::MOST_PASSES)?;
        within("memory_kib", self.memory_kib, 8 * self.lanes, Self::MOST_MEMORY_KIB)
    }

    /// The key of a passphrase: what wraps the root key, and whatever else opens by a passphrase.
    ///
    /// # Errors
    /// [`Error::EmptyPassphrase`]; parameters outside the limits.
    pub fn derive(&self, passphrase: &str, salt: &[u8; 32]) -> Result<Key, Error> {
        if passphrase.is_empty() {
            return Err(Error::EmptyPassphrase);
        }
        self.check()?;
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(32))
            .expect("the limits checked above are within Argon2's own");
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), salt, key.as_mut())
            .map_err(|_| Error::Header { what: "key derivation failed" })?;
        Ok(Key::from_bytes(*key))
    }
}

impl Default for Kdf {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// An age X25519 key pair, of a person of the office. `Debug` is empty; age wipes the secret when it is dropped.
#[derive(Clone)]
pub struct Identity(age::x25519::Identity);

impl Identity {
    /// A fresh one. Its randomness is the operating system's, as is all of age's: the age crate takes no other.
    pub fn generate() -> Self {
        Self(age::x25519::Identity::generate())
    }

    /// Reads `AGE-SECRET-KEY-1...`, alone or as the first line of an identity file that is neither empty nor a comment.
    ///
    /// # Errors
    /// [`Error::IdentityFormat`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let line = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
        let identity = line.and_then(|line| line.parse().ok()).ok_or(Error::IdentityFormat)?;
        Ok(Self(identity))
    }

    /// The secret, `AGE-SECRET-KEY-1...`: for the person's own key file, nowhere else.
    pub fn secret(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.to_string().expose_secret().to_owned())
    }

    /// The public half, `age1...`.
    pub fn recipient(&self) -> String {
        self.0.to_public().to_string()
    }

    /// The key inside an age file that was made for this identity; `None` when it was made for somebody else.
    pub(crate) fn unwrap(&self, file: &[u8]) -> Option<Key> {
        Key::from_slice(&Zeroizing::new(age::decrypt(&self.0, file).ok()?))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(..)")
    }
}

/// Wraps a key as an age file for one recipient.
pub(crate) fn wrap(key: &Key, recipient: &str) -> Result<Vec<u8>, Error> {
    let recipient: age::x25519::Recipient = recipient.trim().parse().map_err(|_| Error::RecipientFormat)?;
    age::encrypt(&recipient, key.as_bytes()).map_err(|_| Error::RecipientFormat)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_read_back() {
        let identity = Identity::generate();
        let file = format!("# made for a test\n# public key: {}\n\n{}\n", identity.recipient(), *identity.secret());
        let read = Identity::parse(&file).expect("a file with comments");
        assert_eq!(read.recipient(), identity.recipient());
        let key = Key::from_bytes([4; 32]);
        let wrapped = wrap(&key, &identity.recipient()).expect("a recipient");
        assert!(wrapped.starts_with(b"age-encryption.org/v1\n-> X25519 "));
        assert_eq!(read.unwrap(&wrapped).expect("its own file").as_bytes(), key.as_bytes());
        assert!(Identity::generate().unwrap(&wrapped).is_none());
        for bad in ["", "# only a comment", "AGE-SECRET-KEY-1", &identity.recipient()] {
            assert!(matches!(Identity::parse(bad), Err(Error::IdentityFormat)), "{bad}");
        }
        assert!(matches!(wrap(&key, "age1"), Err(Error::RecipientFormat)));
    }

    #[test]
    fn argon2id_is_the_published_one() {
        // Made by OpenSSL's Argon2id: 64 KiB, one pass, one lane.
        let key = Kdf::CHEAP.derive("passphrase", b"0123456789abcdef0123456789abcdef").expect("within the limits");
        assert_eq!(
            crate::hex::encode(key.as_bytes()),
            "a2089f4042294ba7d2023a5d5ab4ac9e67a8035232fadeea14d10bda489031ae"
        );
    }

    #[test]
    fn limits() {
        for (memory, passes, lanes, name) in [
            (64, 0, 1, "passes"),
            (64, 65, 1, "passes"),
            (64, 1, 0, "lanes"),
            (64, 1, 17, "lanes"),
            (15, 1, 2, "memory_kib"),
            (u32::MAX, 1, 1, "memory_kib"),
        ] {
            match Kdf::new(memory, passes, lanes) {
                Err(Error::Kdf { name: found, .. }) => assert_eq!(found, name),
                other => panic!("{other:?}"),
            }
        }
        assert!(matches!(Kdf::CHEAP.derive("", &[0; 32]), Err(Error::EmptyPassphrase)));
    }
}
