//! The door: who gets in, by what, and how often it may be tried.
//!
//! A person signs in by his name, the passphrase of his identity and a one-time code. The passphrase opens his entry of the desk's
//! [`file`]; the identity in it opens the vault, or shows that he is still a person of it where the desk is open already.
//! Every refusal of a sign-in is the same and comes after the same time, whatever was wrong.

pub(crate) mod code;
mod enter;
mod file;
mod found;
mod limits;
mod persons;
mod refusals;

use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

pub(crate) use enter::Given;
pub(crate) use found::First;

use crate::session::hex;
use crate::{Desk, Refusal};
use file::{DeskFile, FileError};
use limits::{Limits, Ticks};
use refusals::Refusals;

/// Key derivations at one time: each takes 64 MiB and a core.
const AT_ONCE: usize = 2;

/// How many may wait for their turn.
const MOST_WAITING: usize = 32;

/// The shortest passphrase, in characters.
pub(crate) const SHORTEST: usize = 10;

/// The longest, in bytes.
const LONGEST: usize = 1_024;

/// What the door keeps.
pub(crate) struct Door {
    limits: Limits,
    pub(crate) refusals: Refusals,
    places: Arc<Semaphore>,
    waiting: AtomicUsize,
    /// Held while the desk's file is changed.
    file: Mutex<()>,
    /// Under which names and tokens are hashed; of this process alone.
    key: [u8; 32],
}

/// Why somebody does not get in, or what he wants there is not done.
#[derive(Debug)]
pub(crate) enum Refused {
    /// Name, passphrase or code are wrong; which, nobody says.
    Wrong,
    /// The passphrase of this person is right, and the code is not. Whoever tries is told [`Wrong`](Self::Wrong).
    WrongCode(String),
    /// Too often; seconds to wait.
    TooMany(u64),
    /// What came can't be used: a sentence for the person.
    Input(String),
    /// Something of the machine.
    Machine(String),
}

impl From<countermark_office::Error> for Refused {
    fn from(error: countermark_office::Error) -> Self {
        Self::Machine(error.to_string())
    }
}

impl From<FileError> for Refused {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Passphrase => Self::Wrong,
            other => Self::Machine(other.to_string()),
        }
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Wrong | Refused::WrongCode(_) => Self::Input("the passphrase is wrong".to_owned()),
            Refused::TooMany(seconds) => Self::TooMany(seconds),
            Refused::Input(text) => Self::Input(text),
            Refused::Machine(text) => Self::Machine(text),
        }
    }
}

impl Door {
    pub(crate) fn new(instant: Arc<dyn Fn() -> std::time::Instant + Send + Sync>, key: [u8; 32]) -> Self {
        Self {
            limits: Limits::new(Ticks(instant)),
            refusals: Refusals::default(),
            places: Arc::new(Semaphore::new(AT_ONCE)),
            waiting: AtomicUsize::new(0),
            file: Mutex::default(),
            key,
        }
    }

    /// The token of a browser at the sign-in page, by its cookie.
    pub(crate) fn token(&self, cookie: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes a key of any length");
        mac.update(cookie.as_bytes());
        hex(&mac.finalize().into_bytes())
    }

    pub(crate) fn is_token(&self, cookie: &str, given: &str) -> bool {
        self.token(cookie).as_bytes().ct_eq(given.as_bytes()).into()
    }

    /// Under what a name's attempts are counted.
    fn counted(&self, name: &str) -> [u8; 32] {
        Sha256::new().chain_update(self.key).chain_update(name.as_bytes()).finalize().into()
    }

    fn attempt(&self, peer: Option<IpAddr>) -> Result<(), Refused> {
        self.limits.attempt(peer).map_err(Refused::TooMany)
    }

    fn lock_file(&self) -> MutexGuard<'_, ()> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    /// Does what derives keys: on a thread that may wait, and only so many at a time.
    pub(crate) async fn slowly<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, Refused> + Send + 'static,
    ) -> Result<T, Refused> {
        let door = self.door();
        if door.waiting.fetch_add(1, Ordering::SeqCst) >= MOST_WAITING {
            door.waiting.fetch_sub(1, Ordering::SeqCst);
            return Err(Refused::TooMany(10));
        }
        let place = Arc::clone(&door.places).acquire_owned().await;
        door.waiting.fetch_sub(1, Ordering::SeqCst);
        let desk = self.clone();
        let done = tokio::task::spawn_blocking(move || {
            // It is held until the work ends, also where nobody waits for its answer any more.
            let _place = place;
            work(&desk)
        });
        done.await.map_err(|_| Refused::Machine("the work was broken off; try again".to_owned()))?
    }

    /// Whether nobody can sign in yet, and the sign-in page sets the desk up.
    pub(crate) fn is_unfounded(&self) -> Result<bool, Refused> {
        Ok(self.desk_file()?.is_none_or(|file| !file.founded))
    }

    fn desk_file(&self) -> Result<Option<DeskFile>, Refused> {
        let bytes = self.outside().desk_file().map_err(Refused::Machine)?;
        Ok(bytes.map(|bytes| DeskFile::parse(&bytes)).transpose()?)
    }

    fn keep(&self, file: &DeskFile) -> Result<(), Refused> {
        self.outside().keep_desk_file(&file.to_bytes()).map_err(Refused::Machine)
    }
}

/// Looks at a passphrase that is to be set.
///
/// # Errors
/// What to do about it.
pub(crate) fn check_passphrase(passphrase: &str, again: &str, name: &str) -> Result<(), Refused> {
    let told = |text: &str| Err(Refused::Input(text.to_owned()));
    if passphrase.chars().count() < SHORTEST {
        return told(
            "the passphrase is too short: take at least ten characters, better four or five words that nobody would put together",
        );
    }
    if passphrase.len() > LONGEST {
        return told("the passphrase is too long: 1,024 bytes are the most");
    }
    if passphrase.trim().eq_ignore_ascii_case(name.trim()) {
        return told("the passphrase is the name: whoever knows you would try that first");
    }
    if passphrase != again {
        return told("the two passphrases differ");
    }
    Ok(())
}

/// A name as it is typed: without spaces around it.
///
/// # Errors
/// That it is none.
pub(crate) fn check_name(name: &str) -> Result<String, Refused> {
    let name = name.trim();
    if name.is_empty() || name.len() > 256 || name.chars().any(char::is_control) {
        return Err(Refused::Input(
            "a name has at least one letter, at most 256 bytes, and stands on one line".to_owned(),
        ));
    }
    Ok(name.to_owned())
}

/// Crockford's base 32, in groups of five: 20 characters of 100 bits.
fn invitation_code(secret: &[u8; 32]) -> String {
    const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let digits: String = secret.iter().take(20).map(|byte| char::from(DIGITS[usize::from(byte & 31)])).collect();
    [&digits[..5], &digits[5..10], &digits[10..15], &digits[15..]].join("-")
}

/// A code as it is compared: case, spaces and hyphens do not count, nor letters that look like digits.
fn plain_code(code: &str) -> String {
    let plain = code.chars().filter(char::is_ascii_alphanumeric).map(|c| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    });
    plain.take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passphrases() {
        assert!(check_passphrase("four words in a row", "four words in a row", "Ines").is_ok());
        for (passphrase, again, name) in [
            ("", "", "Ines"),
            ("too short", "too short", "Ines"),
            ("ines almada", "ines almada", "Ines Almada"),
            ("four words in a row", "four words in a raw", "Ines"),
        ] {
            assert!(matches!(check_passphrase(passphrase, again, name), Err(Refused::Input(_))), "{passphrase}");
        }
        let long = "a".repeat(LONGEST + 1);
        assert!(check_passphrase(&long, &long, "Ines").is_err());
    }

    #[test]
    fn codes_and_tokens() {
        let code = invitation_code(&[31; 32]);
        assert_eq!(code, "ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ");
        assert_eq!(plain_code(" o0-iIl1 z"), "001111Z");
        let door = Door::new(Arc::new(std::time::Instant::now), [1; 32]);
        let token = door.token("cookie");
        assert!(door.is_token("cookie", &token));
        assert!(
            !door.is_token("other", &token) && !door.is_token("cookie", &token[1..]) && !door.is_token("cookie", "")
        );
        assert_ne!(Door::new(Arc::new(std::time::Instant::now), [2; 32]).token("cookie"), token);
    }
}
