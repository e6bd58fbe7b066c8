//! Signing in, and showing again who one is.

use std::net::IpAddr;

use countermark_office::{DoorAsks, Member, Office};
use tokio::time::{Instant, sleep_until};
use zeroize::Zeroizing;

use super::file::{Derived, DeskFile, Kind};
use super::refusals::Kind as Why;
use super::{Refused, code};
use crate::session::Stage;
use crate::{Admission, Desk, Refusal, Role, Signed};

/// What somebody gives who wants in.
pub(crate) struct Given {
    pub(crate) name: String,
    pub(crate) passphrase: Zeroizing<String>,
    pub(crate) code: String,
}

impl Desk {
    /// Lets somebody in, or to the page where he sets up his one-time codes.
    pub(crate) async fn enter(&self, peer: Option<IpAddr>, given: Given) -> Result<(Admission, Stage), Refused> {
        let began = Instant::now();
        let entered = self.try_to_enter(peer, given).await;
        let Err(refused) = entered else { return entered };
        self.door().refusals.told(&refused, self.unix_ms());
        if !matches!(refused, Refused::Wrong | Refused::WrongCode(_)) {
            return Err(refused);
        }
        // However far it came: the same answer after the same time.
        sleep_until(began + self.options().least_wait).await;
        Err(Refused::Wrong)
    }

    async fn try_to_enter(&self, peer: Option<IpAddr>, given: Given) -> Result<(Admission, Stage), Refused> {
        let name = given.name.trim().to_owned();
        let counted = self.door().counted(&name);
        self.door().attempt(peer)?;
        self.door().limits.name(counted).map_err(Refused::TooMany)?;
        let entered = self.slowly(move |desk| desk.enter_now(&name, &given.passphrase, &given.code)).await?;
        self.door().limits.succeeded(&counted);
        Ok(entered)
    }

    fn enter_now(&self, name: &str, passphrase: &str, code: &str) -> Result<(Admission, Stage), Refused> {
        let file = self.desk_file()?.ok_or(Refused::Wrong)?;
        let derived = file.derive(Kind::Person, name, passphrase)?;
        let identity = file.person(&derived).ok_or(Refused::Wrong)?;
        self.with_office(&identity, name, |office, member| {
            if member.name != name {
                return Err(Refused::Wrong);
            }
            let stage = self.ask(office, name, code)?;
            if office.door_entry(name)?.as_deref() != Some(&derived.id) {
                // The file was changed, and the process died before the vault knew.
                office.set_door_entry(name, &derived.id, None)?;
            }
            self.door().refusals.write(office, self.instant(), true)?;
            office.act_as(name);
            office.note("desk sign-in", name)?;
            let approves = member.roles.contains(&Role::Approver);
            let admission = self.admit_member(name, member.roles, stage);
            if approves && stage == Stage::Whole {
                self.say_refusals(name, &admission);
            }
            Ok((admission, stage))
        })
    }

    /// Has the next page tell an approver how many sign-ins were refused since his last.
    fn say_refusals(&self, name: &str, admission: &Admission) {
        let (count, known) = self.door().refusals.since(name);
        if let (1.., Some(signed)) = (count, self.who(&admission.cookie)) {
            let were = if count == 1 { "sign-in was" } else { "sign-ins were" };
            let since = if known { "you last signed in" } else { "the desk was started" };
            signed.say(format!("{count} {were} refused since {since}: the audit trail says when, and why."));
        }
    }

    /// Asks for the one-time code, where he has them.
    fn ask(&self, office: &mut Office, name: &str, given: &str) -> Result<Stage, Refused> {
        let secret = match office.door_asks(name)? {
            DoorAsks::Nothing => return Ok(Stage::Whole),
            DoorAsks::SetUp => return Ok(Stage::Codes),
            DoorAsks::Code(secret) => secret,
        };
        let good = match code::step_of(&secret, given, self.unix_ms() / 1000) {
            Some(step) => office.spend_step(name, step)?,
            None => given.len() >= 16 && office.spend_recovery(name, given)?.is_some(),
        };
        if good { Ok(Stage::Whole) } else { Err(Refused::WrongCode(name.to_owned())) }
    }

    /// Takes the code that confirms one-time codes, and lets him in under a new cookie.
    pub(crate) async fn confirm(&self, signed: &Signed, given: String) -> Result<Admission, Refused> {
        self.door().limits.name(self.door().counted(&signed.name)).map_err(Refused::TooMany)?;
        let who = signed.name.clone();
        let signed = signed.clone();
        let admission = self.slowly(move |desk| {
            let name = &signed.name;
            let admission = desk.tend_as(name, |office| {
                let member = office.member(name)?.ok_or(Refused::Wrong)?;
                let secret = office.begin_codes(name)?.secret;
                let step = code::step_of(&secret, &given, desk.unix_ms() / 1000).ok_or(Refused::Wrong)?;
                office.confirm_codes(name, step)?;
                // Also whoever else was half in with the passphrase alone.
                desk.sessions().end_of(name, None);
                Ok::<_, Refused>(desk.admit_member(name, member.roles, Stage::Whole))
            });
            let admission = admission.ok_or(Refused::Wrong)??;
            desk.door().limits.succeeded(&desk.door().counted(name));
            Ok(admission)
        });
        let admission = admission.await;
        if matches!(admission, Err(Refused::Wrong)) {
            self.door().refusals.count(Why::Code(&who), self.unix_ms());
        }
        admission
    }

    /// The identity of somebody who is signed in, for what asks for his passphrase again: signing that a recipient may be named, removing people.
    ///
    /// # Errors
    /// [`Refusal::Input`] for a passphrase that is not his; [`Refusal::TooMany`] after several of them; what the machine says.
    pub async fn identity_of(&self, signed: &Signed, passphrase: &str) -> Result<Zeroizing<String>, Refusal> {
        let counted = self.door().counted(&signed.name);
        self.door().limits.name(counted).map_err(Refusal::TooMany)?;
        let (name, passphrase) = (signed.name.clone(), Zeroizing::new(passphrase.to_owned()));
        let found = self.slowly(move |desk| {
            let (_, _, identity) = desk.identity_now(&name, &passphrase)?;
            Ok(identity)
        });
        let found = found.await?;
        self.door().limits.succeeded(&counted);
        Ok(found)
    }

    /// File, entry and identity of a person by his passphrase.
    pub(super) fn identity_now(
        &self,
        name: &str,
        passphrase: &str,
    ) -> Result<(DeskFile, Derived, Zeroizing<String>), Refused> {
        let file = self.desk_file()?.ok_or(Refused::Wrong)?;
        let derived = file.derive(Kind::Person, name, passphrase)?;
        let identity = file.person(&derived).ok_or(Refused::Wrong)?;
        self.with_office(&identity, name, |_, member| if member.name == name { Ok(()) } else { Err(Refused::Wrong) })?;
        Ok((file, derived, identity))
    }

    /// Does something for the person of an identity with the office, which he opens where the desk is locked. It stays open where the work is done.
    pub(super) fn with_office<T>(
        &self,
        identity: &str,
        who: &str,
        work: impl FnOnce(&mut Office, Member) -> Result<T, Refused>,
    ) -> Result<T, Refused> {
        self.with_slot(|slot| {
            let mut opened = match slot.take() {
                Some(office) => return Self::known(slot.insert(office), identity, who, work),
                None => self.outside().open(identity, who).map_err(Refused::Machine)?,
            };
            let done = Self::known(&mut opened, identity, who, work)?;
            *slot = Some(opened);
            Ok(done)
        })
    }

    fn known<T>(
        office: &mut Office,
        identity: &str,
        who: &str,
        work: impl FnOnce(&mut Office, Member) -> Result<T, Refused>,
    ) -> Result<T, Refused> {
        office.act_as(who);
        let member = office.whose(identity)?.ok_or(Refused::Wrong)?;
        work(office, member)
    }
}
