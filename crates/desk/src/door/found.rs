//! The first person: while there is no file of the desk, whoever has the set-up code makes it, and with it the vault where there is none.

use std::net::IpAddr;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::file::{DeskFile, Kind};
use super::{Refused, plain_code};
use crate::outside::NewOffice;
use crate::session::Stage;
use crate::{Admission, Desk, Role, Roles};

/// What the first person gives.
pub(crate) struct First {
    pub(crate) set_up: Zeroizing<String>,
    pub(crate) origin: Option<String>,
    pub(crate) vault: Zeroizing<String>,
    pub(crate) name: String,
    pub(crate) passphrase: Zeroizing<String>,
}

impl Desk {
    /// Sets the desk up, and leads its first person to his one-time codes.
    pub(crate) async fn found(&self, peer: Option<IpAddr>, first: First) -> Result<Admission, Refused> {
        self.door().attempt(peer)?;
        // Under a name that nobody has: attempts at the code are counted together.
        let counted = self.door().counted("\u{0}set-up");
        self.door().limits.name(counted).map_err(Refused::TooMany)?;
        let known = self.outside().set_up_code().map(|code| Zeroizing::new(plain_code(&code)));
        let known = known.filter(|code| !code.is_empty()).ok_or_else(|| {
            Refused::Input("this desk can't be set up here: it was started without a set-up code".to_owned())
        })?;
        let given = Zeroizing::new(plain_code(&first.set_up));
        if !bool::from(known.as_bytes().ct_eq(given.as_bytes())) {
            return Err(Refused::Input(
                "this is not the set-up code: it stands where the desk was started, on its last lines".to_owned(),
            ));
        }
        let founded = self.slowly(move |desk| desk.found_now(&first)).await?;
        self.door().limits.succeeded(&counted);
        Ok(founded)
    }

    fn found_now(&self, first: &First) -> Result<Admission, Refused> {
        let _changing = self.door().lock_file();
        let old = self.desk_file()?;
        if old.as_ref().is_some_and(|file| file.founded) {
            return Err(Refused::Input("this desk is set up already: sign in".to_owned()));
        }
        let name = &first.name;
        let given = NewOffice { origin: first.origin.as_deref(), passphrase: &first.vault, who: name };
        let mut office = self.outside().found(&given).map_err(Refused::Input)?;
        office.act_as(name);
        if office.member(name)?.is_some() {
            if old.is_none() {
                return Err(Refused::Input(
                    "the vault has a person of this name already: choose another, or remove him first with `countermark identity remove`".to_owned(),
                ));
            }
            // A set-up that was cut off made him. His keys stand in no file that counts.
            office.remove_identity(name)?;
        }
        let mut file = DeskFile::new(office.vault().id(), self.options().kdf, &self.secret());
        let derived = file.derive(Kind::Person, name, &first.passphrase)?;
        office.add_identity::<Refused>(name, true, |identity| {
            self.random(|rng| file.put(&derived, identity.content(), rng));
            self.keep(&file)
        })?;
        let roles = Roles::from(Role::ALL);
        office.set_roles(name, &roles)?;
        office.set_door_entry(name, &derived.id, None)?;
        office.begin_codes(name)?;
        file.founded = true;
        self.keep(&file)?;
        self.unlock(office);
        Ok(self.admit_member(name, roles, Stage::Codes))
    }
}
