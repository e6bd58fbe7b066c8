//! The files that a person sees: the key and the list of logs.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countermark_tlog::NoteError;
use countermark_tlog::cosignature::Cosigner;
use countermark_tlog::note::{KeyName, SignatureType, VerifierKey};
use zeroize::Zeroizing;

use crate::error::Error;

/// The key's file.
pub const KEY_FILE: &str = "key";

/// The list of logs.
pub const LOGS_FILE: &str = "logs";

/// What a private key's text begins with (golang.org/x/mod/sumdb/note writes it so).
const PREFIX: &str = "PRIVATE+KEY+";

/// The most bytes of the key's file that are read.
const MAX_KEY: u64 = 1024;

/// The most bytes of the list of logs that are read.
const MAX_LOGS: u64 = 1024 * 1024;

/// Makes the key of a witness of this name from a seed that the caller drew. The file is created exclusively, readable by its
/// owner alone, and durable on return.
///
/// # Errors
/// [`Error::KeyExists`] when there is one; [`Error::File`] when it can't be written.
pub fn create_key(dir: &Path, name: KeyName, seed: &[u8; 32]) -> Result<Cosigner, Error> {
    let cosigner = Cosigner::new(name, seed);
    let verifier = cosigner.verifier();
    let mut bytes = Zeroizing::new(vec![verifier.signature_type().byte()]);
    bytes.extend_from_slice(seed);
    let encoded = Zeroizing::new(STANDARD.encode(&bytes));
    let line = Zeroizing::new(format!("{PREFIX}{}+{:08x}+{}\n", verifier.name(), verifier.id(), encoded.as_str()));
    let path = dir.join(KEY_FILE);
    let mut file = match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(Error::KeyExists),
        file => file.map_err(Error::file(KEY_FILE))?,
    };
    let written = file.write_all(line.as_bytes()).and_then(|()| file.sync_all());
    written.and_then(|()| File::open(dir)?.sync_all()).map_err(Error::file(KEY_FILE))?;
    Ok(cosigner)
}

/// Reads the key; `None` when there is none yet.
///
/// # Errors
/// [`Error::Key`] and [`Error::KeyMode`] when the file is not what [`create_key`] writes.
pub fn read_key(dir: &Path) -> Result<Option<Cosigner>, Error> {
    let file = match File::open(dir.join(KEY_FILE)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        file => file.map_err(Error::file(KEY_FILE))?,
    };
    let mode = file.metadata().map_err(Error::file(KEY_FILE))?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(Error::KeyMode { mode });
    }
    let mut text = Zeroizing::new(String::new());
    file.take(MAX_KEY).read_to_string(&mut text).map_err(Error::file(KEY_FILE))?;
    parse_key(&text).ok_or(Error::Key).map(Some)
}

fn parse_key(text: &str) -> Option<Cosigner> {
    let mut fields = text.strip_suffix('\n')?.strip_prefix(PREFIX)?.splitn(3, '+');
    let name: KeyName = fields.next()?.parse().ok()?;
    let id = fields.next()?;
    let bytes = Zeroizing::new(STANDARD.decode(fields.next()?).ok()?);
    let (kind, seed) = bytes.split_first()?;
    if *kind != SignatureType::CosignatureV1.byte() {
        return None;
    }
    let cosigner = Cosigner::new(name, seed.try_into().ok()?);
    (format!("{:08x}", cosigner.verifier().id()) == id).then_some(cosigner)
}

/// Reads the list of logs: a verifier key a line; empty lines and those that begin with `#` are left out. No file is an empty list.
///
/// # Errors
/// [`Error::LogKey`] names the line that is no key of a log.
pub fn read_logs(dir: &Path) -> Result<Vec<VerifierKey>, Error> {
    let file = match File::open(dir.join(LOGS_FILE)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        file => file.map_err(Error::file(LOGS_FILE))?,
    };
    let mut text = String::new();
    file.take(MAX_LOGS).read_to_string(&mut text).map_err(Error::file(LOGS_FILE))?;
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    let keys = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    keys.map(|(line, key)| log_key(key).map_err(|source| Error::LogKey { line, source })).collect()
}

fn log_key(text: &str) -> Result<VerifierKey, NoteError> {
    let key: VerifierKey = text.parse()?;
    is_log_key(&key).map(|()| key)
}

/// A log signs with plain Ed25519; a cosigner's key in the list is a mistake.
pub(crate) fn is_log_key(key: &VerifierKey) -> Result<(), NoteError> {
    let (expected, found) = (SignatureType::Ed25519.byte(), key.signature_type().byte());
    if expected == found { Ok(()) } else { Err(NoteError::KeyType { expected, found }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countermark_tlog::note::Signer;
    use std::fs;

    #[test]
    fn a_key_is_born_private_and_once() {
        let dir = tempfile::tempdir().unwrap();
        assert!(read_key(dir.path()).unwrap().is_none());
        let made = create_key(dir.path(), "witness.example/w1".parse().unwrap(), &[2; 32]).unwrap();
        let path = dir.path().join(KEY_FILE);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(read_key(dir.path()).unwrap().unwrap().verifier(), made.verifier());
        let found = create_key(dir.path(), "witness.example/w1".parse().unwrap(), &[3; 32]);
        assert!(matches!(found, Err(Error::KeyExists)));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(read_key(dir.path()), Err(Error::KeyMode { mode: 0o640 })));
    }

    #[test]
    fn what_is_no_key_is_refused_and_not_shown() {
        let dir = tempfile::tempdir().unwrap();
        create_key(dir.path(), "witness.example/w1".parse().unwrap(), &[2; 32]).unwrap();
        let path = dir.path().join(KEY_FILE);
        let good = fs::read_to_string(&path).unwrap();
        for bad in [
            String::new(),
            good.trim_end().to_owned(),
            format!("{good}x"),
            good.replace("w1", "w2"),
            good.replace("PRIVATE", "PUBLIC"),
            // The type byte of a log's key.
            good.replace("+BAIC", "+AQIC"),
            good[..good.len() - 5].to_owned() + "\n",
        ] {
            fs::write(&path, &bad).unwrap();
            let error = read_key(dir.path()).unwrap_err();
            assert!(matches!(error, Error::Key), "{bad:?}");
            assert!(!format!("{error} {error:?}").contains("AgIC"), "{error:?}");
        }
    }

    #[test]
    fn the_list_of_logs_is_a_key_a_line() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read_logs(dir.path()).unwrap(), []);
        let key = |name: &str| Signer::new(name.parse().unwrap(), &[1; 32]).verifier().clone();
        let (a, b) = (key("log.example/a"), key("log.example/b"));
        fs::write(dir.path().join(LOGS_FILE), format!("# ours\n{a}\n\n  {b}  \n")).unwrap();
        assert_eq!(read_logs(dir.path()).unwrap(), [a.clone(), b]);
        let witness = Cosigner::new("w.example".parse().unwrap(), &[2; 32]);
        for (bad, at) in [(format!("{a}\n{}\n", witness.verifier()), 2), ("log.example/a\n".to_owned(), 1)] {
            fs::write(dir.path().join(LOGS_FILE), bad).unwrap();
            assert!(matches!(read_logs(dir.path()), Err(Error::LogKey { line, .. }) if line == at));
        }
    }
}
