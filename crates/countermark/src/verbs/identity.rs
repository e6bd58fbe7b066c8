//! `identity`: the office's persons.

use serde_json::json;

use crate::cli::{Global, IdentityVerb};
use crate::failure::{Exit, Failure, Outcome};
use crate::{home, terminal};

/// Runs the verb.
pub fn run(global: &Global, verb: &IdentityVerb) -> Outcome {
    if matches!(verb, IdentityVerb::Add { approver: true, .. }) && global.identity.is_some() {
        // Two approvers must be two persons: one of them, by himself, must not make the other.
        return Err(Failure::new("an approver is made with the vault's passphrase, not with an identity")
            .hint("open the vault without --identity (COUNTERMARK_IDENTITY)"));
    }
    let mut office = home::open(global)?;
    match verb {
        IdentityVerb::Add { name, out, approver } => {
            let person = office.add_identity::<Failure>(name, *approver, |file| {
                terminal::write_new(out, file.content().as_bytes(), 0o600)
            })?;
            if global.json {
                let object = json!({"name": person.name, "file": out, "approver": person.approver});
                terminal::say_json(&object)?;
            } else {
                terminal::note(&format!(
                    "{} holds the secret keys of {name}: give it to nobody else, and keep it off this machine when it is not needed",
                    out.display()
                ));
            }
        }
        IdentityVerb::List => {
            let persons = office.identities()?;
            if global.json {
                let rows: Vec<_> = persons.iter().map(|p| json!({"name": p.name, "approver": p.approver})).collect();
                terminal::say_json(&json!({ "identities": rows }))?;
            } else {
                let row = |p: &countermark_office::Person| {
                    if p.approver { format!("{} (approver)", p.name) } else { p.name.clone() }
                };
                if persons.is_empty() {
                    terminal::note("no person has an identity: `identity add NAME --out FILE` makes one");
                } else {
                    terminal::say(&terminal::tame(&persons.iter().map(row).collect::<Vec<_>>().join("\n")))?;
                }
            }
        }
        IdentityVerb::Remove { name } => {
            // Nor take the others away until he is alone.
            let removes_approver = office.identities()?.iter().any(|person| person.approver && person.name == *name);
            if global.identity.is_some() && removes_approver {
                return Err(Failure::new("an approver is removed with the vault's passphrase, not with an identity")
                    .hint("open the vault without --identity (COUNTERMARK_IDENTITY)"));
            }
            office.remove_identity(name)?;
            if global.json {
                terminal::say_json(&json!({"name": name}))?;
            }
        }
    }
    Ok(Exit::Found)
}
