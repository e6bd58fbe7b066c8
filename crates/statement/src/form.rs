//! The files' byte form: JSON whose first member names the format.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::limits::{SITE_BYTES, STATE_BYTES, VERSION_BYTES};
use crate::{Fault, Site, State, Version};

/// What each kind of file calls itself.
const SITE: &str = "countermark/site/1";
const VERSION: &str = "countermark/statement/1";
const STATE: &str = "countermark/statement-state/1";

impl Site {
    /// The bytes of `site.json`.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn to_bytes(&self) -> Result<Vec<u8>, Fault> {
        self.check()?;
        write(SITE, self, SITE_BYTES)
    }

    /// Reads them.
    ///
    /// # Errors
    /// What does not fit.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Fault> {
        let site: Self = read(SITE, bytes, SITE_BYTES)?;
        site.check().map(|()| site)
    }
}

impl Version {
    /// The bytes of a version's file.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn to_bytes(&self) -> Result<Vec<u8>, Fault> {
        self.check()?;
        write(VERSION, self, VERSION_BYTES)
    }

    /// Reads them.
    ///
    /// # Errors
    /// What does not fit.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Fault> {
        let version: Self = read(VERSION, bytes, VERSION_BYTES)?;
        version.check().map(|()| version)
    }
}

impl State {
    /// The bytes of `state.json`.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn to_bytes(&self) -> Result<Vec<u8>, Fault> {
        self.check()?;
        write(STATE, self, STATE_BYTES)
    }

    /// Reads them.
    ///
    /// # Errors
    /// What does not fit.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Fault> {
        let state: Self = read(STATE, bytes, STATE_BYTES)?;
        state.check().map(|()| state)
    }
}

fn write<T: Serialize>(format: &str, content: &T, most: usize) -> Result<Vec<u8>, Fault> {
    let mut value = serde_json::to_value(content).map_err(|error| json(&error))?;
    if let Value::Object(members) = &mut value {
        members.shift_insert(0, "format".to_owned(), Value::from(format));
    }
    let mut bytes = serde_json::to_vec_pretty(&value).map_err(|error| json(&error))?;
    bytes.push(b'\n');
    if bytes.len() > most { Err(Fault::Long("file")) } else { Ok(bytes) }
}

fn read<T: DeserializeOwned>(format: &str, bytes: &[u8], most: usize) -> Result<T, Fault> {
    if bytes.len() > most {
        return Err(Fault::Long("file"));
    }
    let mut value: Value = serde_json::from_slice(bytes).map_err(|error| json(&error))?;
    let named = value.as_object_mut().and_then(|members| members.shift_remove("format"));
    if named.as_ref().and_then(Value::as_str) != Some(format) {
        return Err(Fault::Format);
    }
    serde_json::from_value(value).map_err(|error| json(&error))
}

fn json(error: &serde_json::Error) -> Fault {
    Fault::Json { line: error.line(), column: error.column() }
}
