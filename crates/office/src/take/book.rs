//! Who of the address book a correspondent is: by a name or an address that only one person has. Nothing is ever written there.

use std::collections::HashMap;

use countermark_reading::exports::Party;

use crate::PersonRecord;

/// Names and addresses, each with its person; none where several have it.
pub(crate) struct Book(HashMap<String, Option<String>>);

impl std::fmt::Debug for Book {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Book").finish_non_exhaustive()
    }
}

impl Book {
    pub(crate) fn of(people: &[PersonRecord]) -> Self {
        let mut book = HashMap::new();
        for person in people {
            for known in std::iter::once(&person.name).chain(person.fields.values()) {
                let one = book.entry(fold(known)).or_insert_with(|| Some(person.handle.clone()));
                if one.as_deref() != Some(&person.handle) {
                    *one = None;
                }
            }
        }
        book.remove("");
        Self(book)
    }

    /// The person's handle. An address says more than a name: two persons may have one name.
    pub(crate) fn handle(&self, party: &Party) -> Option<String> {
        let found = [&party.address, &party.name].into_iter().find_map(|known| self.0.get(&fold(known)));
        found.cloned().flatten()
    }
}

fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_it_is_and_whom_nobody_guesses() {
        let person = |handle: &str, name: &str, email: &str| PersonRecord {
            handle: handle.into(),
            name: name.into(),
            fields: [("email".to_owned(), email.to_owned())].into(),
        };
        let people = [
            person("ada", "Ada Lind", "ada@example.org"),
            person("ben", "Ben Holm", "office@example.org"),
            person("ben2", "Ben Holm", "office@example.org"),
        ];
        let book = Book::of(&people);
        for (name, address, handle) in [
            ("ADA  lind", "", Some("ada")),
            ("", "Ada@Example.org", Some("ada")),
            ("Somebody", "ada@example.org", Some("ada")),
            ("Ben Holm", "", None),
            ("", "office@example.org", None),
            ("Ada", "", None),
            ("", "", None),
        ] {
            let party = Party { name: name.into(), address: address.into() };
            assert_eq!(book.handle(&party).as_deref(), handle, "{name} {address}");
        }
    }
}
