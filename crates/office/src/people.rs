//! The address book.

use std::collections::BTreeMap;

use countermark_review::Who;
use countermark_vault::Id;

use countermark_tlog::directory::Disk;

use crate::Office;
use crate::error::Error;
use crate::record::{PersonRecord, RecipientRecord, RefusalsRecord};

/// The longest handle, in characters.
pub const LONGEST_HANDLE: usize = 64;
/// The longest name or field, in bytes: what stands in a copy is a line or two.
pub const LONGEST_FIELD: usize = 4_096;

impl<D: Disk + Clone> Office<D> {
    /// Adds a person, or changes one: fields that are given replace those of the same name.
    ///
    /// # Errors
    /// A handle, name or field that is none; the vault's errors.
    pub fn add_person(
        &mut self,
        handle: &str,
        name: &str,
        fields: &BTreeMap<String, String>,
    ) -> Result<PersonRecord, Error> {
        check_handle(handle)?;
        check_value("name", name)?;
        for (field, value) in fields {
            check_field(field)?;
            check_value(field, value)?;
        }
        let id = self.person_id(handle);
        let act = self.act("people add", handle);
        self.vault.write(|tx| {
            let old = tx.get::<PersonRecord>(&id)?;
            let mut person = old.unwrap_or_else(|| PersonRecord {
                handle: handle.to_owned(),
                name: String::new(),
                fields: BTreeMap::new(),
            });
            person.name = name.to_owned();
            person.fields.extend(fields.clone());
            tx.put(&id, &person)?;
            tx.audit(&act)?;
            Ok(person)
        })
    }

    /// Puts a person as he is given: what stood there before is replaced, its fields included.
    ///
    /// # Errors
    /// As [`add_person`](Self::add_person).
    pub fn set_person(&mut self, handle: &str, name: &str, fields: BTreeMap<String, String>) -> Result<(), Error> {
        check_handle(handle)?;
        check_value("name", name)?;
        for (field, value) in &fields {
            check_field(field)?;
            check_value(field, value)?;
        }
        let id = self.person_id(handle);
        let act = self.act("people add", handle);
        let person = PersonRecord { handle: handle.to_owned(), name: name.to_owned(), fields };
        self.vault.write(|tx| {
            tx.put(&id, &person)?;
            tx.audit(&act)?;
            Ok(())
        })
    }

    /// The address book, by handle.
    ///
    /// # Errors
    /// The vault's.
    pub fn people(&self) -> Result<Vec<PersonRecord>, Error> {
        let listed = self.vault.read(|tx| tx.list::<PersonRecord>())?;
        let mut people: Vec<_> = listed.into_iter().map(|(_, person)| person).collect();
        people.sort_by(|a, b| a.handle.cmp(&b.handle));
        Ok(people)
    }

    /// One person.
    ///
    /// # Errors
    /// [`Error::UnknownPerson`] with the nearest handle; the vault's.
    pub fn person(&self, handle: &str) -> Result<PersonRecord, Error> {
        let id = self.person_id(handle);
        match self.vault.read(|tx| tx.get::<PersonRecord>(&id))? {
            Some(person) => Ok(person),
            None => Err(Error::UnknownPerson { handle: handle.to_owned(), nearest: self.nearest(handle)? }),
        }
    }

    /// Removes a person from the address book, and what he did not want to read; sealed messages keep what they hold.
    ///
    /// # Errors
    /// [`Error::UnknownPerson`]; the vault's.
    pub fn remove_person(&mut self, handle: &str) -> Result<(), Error> {
        self.person(handle)?;
        let id = self.person_id(handle);
        let refusals = self.refusals_id(&Who::Person(handle.to_owned()));
        let act = self.act("people remove", handle);
        self.vault.write(|tx| {
            tx.remove::<PersonRecord>(&id)?;
            tx.remove::<RefusalsRecord>(&refusals)?;
            tx.audit(&act)?;
            Ok(())
        })
    }

    /// The persons as recipients of one message: known, and each once.
    pub(crate) fn recipients(&self, handles: &[String]) -> Result<Vec<RecipientRecord>, Error> {
        let mut seen = std::collections::BTreeSet::new();
        let mut recipients = Vec::with_capacity(handles.len());
        for handle in handles {
            if !seen.insert(handle) {
                return Err(Error::RecipientTwice { handle: handle.clone() });
            }
            let person = self.person(handle)?;
            let mut fields = person.fields;
            fields.entry("name".to_owned()).or_insert(person.name);
            recipients.push(RecipientRecord { handle: person.handle, fields });
        }
        Ok(recipients)
    }

    fn person_id(&self, handle: &str) -> Id {
        self.vault.name_id("people", handle)
    }

    /// The handle that was probably meant.
    fn nearest(&self, handle: &str) -> Result<Option<String>, Error> {
        let people = self.people()?;
        let near = people.into_iter().map(|p| (strsim::damerau_levenshtein(&p.handle, handle), p.handle));
        Ok(near.filter(|(distance, near)| *distance * 2 <= near.chars().count().max(2)).min().map(|(_, near)| near))
    }
}

fn check_handle(handle: &str) -> Result<(), Error> {
    let fits = (1..=LONGEST_HANDLE).contains(&handle.chars().count())
        && handle != "file"
        && handle.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@'));
    if fits { Ok(()) } else { Err(Error::Handle) }
}

fn check_field(field: &str) -> Result<(), Error> {
    let mut bytes = field.bytes();
    let first = bytes.next().is_some_and(|b| b.is_ascii_lowercase());
    let fits = first && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if fits { Ok(()) } else { Err(Error::FieldName) }
}

fn check_value(field: &str, value: &str) -> Result<(), Error> {
    // A name stands in one line, of lists and of reports; what fills a copy may have several.
    let barred = |c: char| c.is_control() && (field == "name" || !matches!(c, '\n' | '\r' | '\t'));
    if value.trim().is_empty() || value.len() > LONGEST_FIELD || value.contains(barred) {
        return Err(Error::FieldValue { field: field.to_owned(), longest: LONGEST_FIELD });
    }
    Ok(())
}
