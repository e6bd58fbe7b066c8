//! The public page of a statement, rendered by the pressroom's own hand, for the desk alone.

use countermark_office::{Office, SiteSettings, SlipState, StatementView};
use countermark_pressroom::preview;
use countermark_statement::{Comment, Reply, Site, State, Statement, Version, Withdrawn};
use maud::Markup;

use super::hex;
use crate::Refusal;

/// What the public page of a version is made of.
pub(super) struct Public {
    site: Site,
    /// The statement itself, then those that it names as related.
    statements: Vec<Statement>,
    number: u32,
    own_copy: bool,
}

impl Public {
    /// A version that is published, or, as `next`, is about to be.
    pub(super) fn of(
        office: &Office,
        view: &StatementView,
        number: u32,
        next: Option<&Version>,
    ) -> Result<Self, Refusal> {
        let mut versions = Vec::new();
        for number in 1..=view.summary.versions {
            versions.extend(office.version_of(&hex(&view.summary.id), number)?);
        }
        versions.extend(next.cloned());
        let id = view.summary.address.clone().unwrap_or_else(|| "next".to_owned());
        let mut statements = vec![Statement { id, versions, state: state(office, view)? }];
        for other in office.statements()? {
            let Some(id) = other.address.clone().filter(|id| view.draft.related.contains(id)) else { continue };
            let newest = office.version_of(&hex(&other.id), other.versions)?;
            statements.push(Statement { id, versions: newest.into_iter().collect(), state: State::default() });
        }
        Ok(Self { site: site(office, office.site()?)?, statements, number, own_copy: view.own_copy })
    }

    /// The page, with something of the desk's above it. Nothing of it leads anywhere.
    pub(super) fn page(&self, above: &Markup) -> Result<Markup, Refusal> {
        preview(&self.site, &self.statements, self.number, self.own_copy, above).ok_or(Refusal::Missing)
    }
}

/// What stands around the versions.
fn state(office: &Office, view: &StatementView) -> Result<State, Refusal> {
    let mut state = State { related: view.draft.related.clone(), ..State::default() };
    for slip in office.slips(Some(SlipState::Public))?.into_iter().filter(|slip| slip.statement == view.summary.id) {
        if slip.reply {
            state.replies.push(Reply { name: slip.name, at: slip.at, text: slip.text });
        } else {
            state.comments.push(Comment { name: slip.name, at: slip.at, text: slip.text });
        }
    }
    state.withdrawn = view.withdrawn.clone().map(|reason| Withdrawn { at: view.summary.changed_ms / 1000, reason });
    Ok(state)
}

fn site(office: &Office, settings: SiteSettings) -> Result<Site, Refusal> {
    Ok(Site {
        name: settings.name,
        about: settings.about,
        language: settings.language,
        address: settings.address,
        log_key: Some(office.log_verifier()),
        witnesses: office.witnesses()?.into_iter().map(|witness| witness.key.to_string()).collect(),
        log_url: settings.log_url,
        contact: settings.contact,
        features: settings.features,
        desk: None,
    })
}
