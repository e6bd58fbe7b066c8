//! Write: drafts, the editor with its sites and its meter, what any copy could read, and sealing.

mod copies;
mod drafts;
mod editor;
mod look;
mod measure;
mod seal;
mod site;
mod sitting;

use std::sync::LazyLock;

use axum::Router;
use countermark_marking::rules::Pack;
use countermark_office::{Draft, DraftSteps, Office, PersonRecord};
use countermark_web::Asset;

use self::sitting::Remembered;
use super::fields;
use crate::{Desk, Refusal, Role, Signed};

/// As if for so many, while nobody is chosen.
const AS_IF: u32 = 2;

static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("write.js", "text/javascript; charset=utf-8", include_bytes!("../../../assets/write.js"))
});

pub(super) fn routes() -> Router<Desk> {
    Router::new().merge(drafts::routes()).merge(editor::routes()).merge(copies::routes()).merge(seal::routes())
}

pub(super) fn scripts() -> Vec<Asset> {
    vec![SCRIPT.clone()]
}

/// A draft with what its pages need.
pub(super) struct Loaded {
    draft: Draft,
    steps: DraftSteps,
    remembered: Remembered,
    /// Those of the recipients who are still in the address book.
    people: Vec<PersonRecord>,
}

impl Loaded {
    /// Reads it.
    fn read(office: &Office, id: &[u8; 16]) -> Result<Self, Refusal> {
        let (draft, steps) = office.draft(id)?;
        let mut people = Vec::with_capacity(draft.to.len());
        for handle in &draft.to {
            match office.person(handle) {
                Ok(person) => people.push(person),
                Err(countermark_office::Error::UnknownPerson { .. }) => {}
                Err(other) => return Err(other.into()),
            }
        }
        let handles: Vec<String> = people.iter().map(|person| person.handle.clone()).collect();
        let remembered = office.refusals(&handles)?;
        Ok(Self { draft, steps, remembered, people })
    }

    /// What a recipient is called: his name, or where the address book has him no more his handle.
    fn name<'a>(&'a self, handle: &'a str) -> &'a str {
        self.people.iter().find(|person| person.handle == handle).map_or(handle, |person| &person.name)
    }

    /// For how many recipients the meter speaks.
    fn recipients(&self) -> u32 {
        match u32::try_from(self.draft.to.len()).unwrap_or(u32::MAX) {
            0 => AS_IF,
            chosen => chosen,
        }
    }
}

/// The draft of an address, for a writer.
async fn loaded(desk: &Desk, signed: &Signed, id: &str) -> Result<Loaded, Refusal> {
    signed.must(Role::Writer)?;
    let id = fields::id(id).ok_or(Refusal::Missing)?;
    desk.office(signed, move |office| Loaded::read(office, &id)).await.map_err(missing)
}

/// Work that needs the machine and not the office, on a thread that may wait: nobody else waits for it.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T, Refusal> + Send + 'static) -> Result<T, Refusal> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| Refusal::Machine("the work was broken off; try again".to_owned()))?
}

/// All packs, the built-in one first.
fn packs(desk: &Desk) -> Vec<&Pack> {
    std::iter::once(Pack::english()).chain(&desk.outside().habits().packs).collect()
}

fn missing(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Office(countermark_office::Error::UnknownDraft) => Refusal::Missing,
        other => other,
    }
}

/// What a draft is called on pages.
fn called(title: &str) -> &str {
    if title.trim().is_empty() { "Untitled" } else { title }
}
