//! The office's persons: invited, changed, removed.

use std::net::IpAddr;

use countermark_office::{Door as DoorState, Member};
use zeroize::Zeroizing;

use super::file::Kind;
use super::refusals::Kind as Why;
use super::{Refused, invitation_code, plain_code};
use crate::session::Stage;
use crate::{Admission, Desk, Refusal, Role, Roles, Signed};

/// How long an invitation holds: seven days, in milliseconds.
const INVITED: u64 = 7 * 24 * 60 * 60 * 1000;

impl Desk {
    /// Makes an identity for a new person, and the code by which he takes it up. One who is to approve needs the vault's passphrase.
    pub(crate) async fn invite(
        &self,
        signed: &Signed,
        name: String,
        roles: Roles,
        vault: Zeroizing<String>,
    ) -> Result<Zeroizing<String>, Refused> {
        if roles.contains(&Role::Approver) {
            self.appoints(signed, &name, vault).await?;
        }
        let who = signed.name.clone();
        self.slowly(move |desk| {
            let _changing = desk.door().lock_file();
            let mut file = desk.desk_file()?.filter(|file| file.founded).ok_or_else(|| {
                Refused::Input("this desk has no file of persons yet: set it up on its sign-in page first".to_owned())
            })?;
            let code = Zeroizing::new(invitation_code(&desk.secret()));
            let derived = file.derive(Kind::Invitation, "", &plain_code(&code))?;
            let until = desk.unix_ms() + INVITED;
            let invited = desk.tend_as(&who, |office| {
                if office.member(&name)?.is_some() {
                    return Err(Refused::Input("the office has a person of this name already".to_owned()));
                }
                office.add_identity::<Refused>(&name, roles.contains(&Role::Approver), |identity| {
                    desk.random(|rng| file.invite(&derived, identity.content(), until, rng));
                    desk.keep(&file)
                })?;
                office.set_roles(&name, &roles)?;
                Ok(office.set_door_entry(&name, &derived.id, Some(until))?)
            });
            invited.ok_or_else(locked)??;
            Ok(code)
        })
        .await
    }

    /// Takes up an invitation under a passphrase, and leads the new person to his one-time codes.
    pub(crate) async fn take_up(
        &self,
        peer: Option<IpAddr>,
        code: &str,
        passphrase: Zeroizing<String>,
    ) -> Result<Admission, Refused> {
        let taken = self.try_to_take_up(peer, code, passphrase).await;
        match &taken {
            Err(Refused::Wrong) => self.door().refusals.count(Why::Invitation, self.unix_ms()),
            Err(refused) => self.door().refusals.told(refused, self.unix_ms()),
            Ok(_) => {}
        }
        let wrong = "this code opens no invitation: it may be mistyped, used already, or older than seven days";
        taken.map_err(|refused| match refused {
            Refused::Wrong => Refused::Input(wrong.to_owned()),
            other => other,
        })
    }

    async fn try_to_take_up(
        &self,
        peer: Option<IpAddr>,
        code: &str,
        passphrase: Zeroizing<String>,
    ) -> Result<Admission, Refused> {
        self.door().attempt(peer)?;
        let code = Zeroizing::new(plain_code(code));
        self.slowly(move |desk| {
            let _changing = desk.door().lock_file();
            let mut file = desk.desk_file()?.ok_or(Refused::Wrong)?;
            let invited = file.derive(Kind::Invitation, "", &code)?;
            let identity = file.invited(&invited, desk.unix_ms()).ok_or(Refused::Wrong)?;
            desk.with_office(&identity, "invitation", |office, member| {
                let name = &member.name;
                office.act_as(name);
                let derived = file.derive(Kind::Person, name, &passphrase)?;
                desk.random(|rng| file.put(&derived, &identity, rng));
                file.remove(&invited.id);
                desk.keep(&file)?;
                office.set_door_entry(name, &derived.id, None)?;
                office.begin_codes(name)?;
                Ok(desk.admit_member(name, member.roles, Stage::Codes))
            })
        })
        .await
    }

    /// Puts another passphrase in the place of one's own; one's other sessions end.
    pub(crate) async fn change_passphrase(
        &self,
        signed: &Signed,
        old: Zeroizing<String>,
        new: Zeroizing<String>,
    ) -> Result<(), Refusal> {
        let counted = self.door().counted(&signed.name);
        self.door().limits.name(counted).map_err(Refusal::TooMany)?;
        let signed = signed.clone();
        let changed = self.slowly(move |desk| {
            let _changing = desk.door().lock_file();
            let name = &signed.name;
            let (mut file, before, identity) = desk.identity_now(name, &old)?;
            let after = file.derive(Kind::Person, name, &new)?;
            file.remove(&before.id);
            desk.random(|rng| file.put(&after, &identity, rng));
            desk.keep(&file)?;
            desk.tend_as(name, |office| office.set_door_entry(name, &after.id, None)).ok_or_else(locked)??;
            desk.sessions().end_of(name, Some(&signed.session));
            Ok(())
        });
        changed.await?;
        self.door().limits.succeeded(&counted);
        Ok(())
    }

    /// Removes a person: his identity opens the vault no more, his entry is gone, his sessions end.
    pub(crate) async fn remove_person(&self, signed: &Signed, name: String) -> Result<(), Refused> {
        let who = signed.name.clone();
        self.slowly(move |desk| {
            let _changing = desk.door().lock_file();
            let removed = desk.tend_as(&who, |office| {
                let entry = office.door_entry(&name)?;
                if !office.members()?.iter().any(|member| member.name != name && approves(member)) {
                    return Err(last_approver());
                }
                office.remove_identity(&name)?;
                Ok(entry)
            });
            let entry = removed.ok_or_else(locked)??;
            desk.sessions().end_of(&name, None);
            if let (Some(entry), Some(mut file)) = (entry, desk.desk_file()?) {
                file.remove(&entry);
                desk.keep(&file)?;
            }
            Ok(())
        })
        .await
    }

    /// Says what a person may do; his sessions end, so that no page shows what was. One who did not approve before and is to needs the
    /// vault's passphrase.
    pub(crate) async fn change_roles(
        &self,
        signed: &Signed,
        before: &Member,
        roles: Roles,
        vault: Zeroizing<String>,
    ) -> Result<(), Refusal> {
        let (name, approved) = (before.name.clone(), before.roles.contains(&Role::Approver));
        let appointed = roles.contains(&Role::Approver) && !approved;
        if appointed {
            self.appoints(signed, &name, vault).await?;
        }
        let sessions = self.clone();
        self.office(signed, move |office| {
            let now = office.member(&name)?.ok_or(Refusal::Missing)?;
            if approved && !now.roles.contains(&Role::Approver) {
                return Err(Refusal::Input("somebody else changed this person meanwhile: look again".to_owned()));
            }
            let stays = roles.contains(&Role::Approver);
            if !stays && !office.members()?.iter().any(|member| member.name != name && approves(member)) {
                return Err(last_approver().into());
            }
            office.set_roles(&name, &roles)?;
            sessions.sessions().end_of(&name, None);
            Ok(())
        })
        .await
    }
}

impl Desk {
    /// Lets somebody make a person an approver who shows the vault's passphrase. Two approvers must be two persons: were an approver's own
    /// word enough, he could invite a second one who is himself.
    async fn appoints(&self, signed: &Signed, name: &str, vault: Zeroizing<String>) -> Result<(), Refused> {
        if vault.is_empty() {
            return Err(Refused::Input(
                "whoever makes somebody an approver shows the vault's passphrase: type it too".to_owned(),
            ));
        }
        // Attempts are counted together, whoever makes them.
        let counted = self.door().counted("\0vault");
        self.door().limits.name(counted).map_err(Refused::TooMany)?;
        let (who, name) = (signed.name.clone(), name.to_owned());
        self.slowly(move |desk| {
            let header = desk.tend_as(&who, |office| office.vault().checked_header()).ok_or_else(locked)?;
            let header = header.map_err(|error| Refused::Machine(error.to_string()))?;
            let good = header.knows(&vault).map_err(|error| Refused::Machine(error.to_string()))?;
            let act = if good { "identity appoint" } else { "identity appoint refused" };
            desk.tend_as(&who, |office| office.note(act, &name)).ok_or_else(locked)??;
            if good { Ok(()) } else { Err(Refused::Input("this is not the vault's passphrase".to_owned())) }
        })
        .await?;
        self.door().limits.succeeded(&counted);
        Ok(())
    }
}

fn locked() -> Refused {
    Refused::Machine("the desk was locked meanwhile; sign in again".to_owned())
}

fn last_approver() -> Refused {
    Refused::Input("the office needs somebody who approves: give another person that role first".to_owned())
}

/// Whether somebody approves who can sign in: one whose identity was made elsewhere, or who has not taken up his invitation, can't.
fn approves(member: &Member) -> bool {
    member.can_sign() && member.door != DoorState::Closed
}
