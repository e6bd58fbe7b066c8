//! What the persons of the office may do at the desk, and how they get in.

use std::collections::BTreeSet;

use countermark_tlog::directory::Disk;
use countermark_vault::{Id, Identity, Way, WriteTx};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::identity::signing_key;
use crate::record::{CodesRecord, DoorRecord, IdentityRecord};
use crate::{Error, Office};

/// What a person may do at the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Cases: looks, traces, notes.
    Analyst,
    /// Signs that a recipient may be named, and says who is of the office.
    Approver,
    /// Statements: writes and publishes them.
    Press,
    /// Messages: writes, seals and hands them over.
    Writer,
}

/// The roles of one person, sorted.
pub type Roles = BTreeSet<Role>;

impl Role {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Analyst, Self::Approver, Self::Press, Self::Writer];

    /// Its name, as forms and records have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Analyst => "analyst",
            Self::Approver => "approver",
            Self::Press => "press",
            Self::Writer => "writer",
        }
    }

    /// The role of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// A person of the office with his way in at the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// His name in the vault.
    pub name: String,
    /// What he may do.
    pub roles: Roles,
    /// Whether and how he gets in.
    pub door: Door,
}

impl Member {
    /// Whether he can sign that a recipient may be named: he approves, and his identity is in his hands. Who is invited has to take it up first.
    #[must_use]
    pub fn can_sign(&self) -> bool {
        self.roles.contains(&Role::Approver) && !matches!(self.door, Door::Invited(_))
    }
}

/// Whether a person gets in at the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// He has no passphrase there: his identity was made elsewhere.
    Closed,
    /// He was invited, until then (milliseconds since 1970).
    Invited(u64),
    /// By his passphrase alone: he turned one-time codes off.
    Passphrase,
    /// By his passphrase and a one-time code.
    Codes {
        /// Recovery codes that are left; none while he has not confirmed the first code.
        recovery: usize,
    },
}

/// What a person photographs or types into the program that gives him codes.
#[derive(Clone)]
pub struct BegunCodes {
    /// The secret.
    pub secret: Zeroizing<[u8; 20]>,
    /// Codes for the day on which the program is gone; each is good once.
    pub recovery: Zeroizing<Vec<String>>,
}

impl std::fmt::Debug for BegunCodes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BegunCodes(..)")
    }
}

/// What a sign-in asks for besides the passphrase.
#[derive(Clone)]
pub enum DoorAsks {
    /// Nothing: he turned codes off.
    Nothing,
    /// A code, by this secret.
    Code(Zeroizing<[u8; 20]>),
    /// He has to set codes up first.
    SetUp,
}

impl std::fmt::Debug for DoorAsks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Nothing => "Nothing",
            Self::Code(_) => "Code(..)",
            Self::SetUp => "SetUp",
        })
    }
}

/// How many recovery codes there are.
const RECOVERY: usize = 10;

impl<D: Disk + Clone> Office<D> {
    /// The persons of the office, by name.
    ///
    /// # Errors
    /// The vault's.
    pub fn members(&self) -> Result<Vec<Member>, Error> {
        let mut members = self.vault.read::<_, Error>(|tx| {
            let records = tx.list::<IdentityRecord>()?;
            let with_door =
                |(id, record): (Id, IdentityRecord)| Ok(member(record, tx.get::<DoorRecord>(&id)?.as_ref()));
            records.into_iter().map(with_door).collect::<Result<Vec<_>, Error>>()
        })?;
        members.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(members)
    }

    /// One person; none of a name that nobody has.
    ///
    /// # Errors
    /// The vault's.
    pub fn member(&self, name: &str) -> Result<Option<Member>, Error> {
        let id = self.member_id(name);
        self.vault.read(|tx| {
            let Some(record) = tx.get::<IdentityRecord>(&id)? else { return Ok(None) };
            Ok(Some(member(record, tx.get::<DoorRecord>(&id)?.as_ref())))
        })
    }

    /// Whose identity file this is: both of its keys are his, and it still opens the vault.
    ///
    /// # Errors
    /// The vault's.
    pub fn whose(&self, file: &str) -> Result<Option<Member>, Error> {
        let (Ok(age), Some(key)) = (Identity::parse(file), signing_key(file)) else { return Ok(None) };
        let (age, key) = (age.recipient(), key.verifying_key().to_bytes());
        let records = self.vault.read::<_, Error>(|tx| Ok(tx.list::<IdentityRecord>()?))?;
        let found = records.into_iter().map(|(_, record)| record).find(|record| record.age == age && record.key == key);
        let opens = self.vault.slots()?.iter().any(|slot| slot.way == Way::Identity(Some(age.clone())));
        match found.filter(|_| opens) {
            Some(record) => self.member(&record.name),
            None => Ok(None),
        }
    }

    /// Says what a person may do. A message that is sealed before he became an approver does not know him as one.
    ///
    /// # Errors
    /// [`Error::UnknownIdentity`]; the vault's.
    pub fn set_roles(&mut self, name: &str, roles: &Roles) -> Result<(), Error> {
        let id = self.member_id(name);
        let mut act = self.act("identity roles", name);
        act.reason = Some(roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(" "));
        self.vault.write(|tx| {
            let Some(mut record) = tx.get::<IdentityRecord>(&id)? else {
                return Err(Error::UnknownIdentity { name: name.to_owned() });
            };
            record.approver = roles.contains(&Role::Approver);
            record.roles = Some(roles.clone());
            tx.put(&id, &record)?;
            tx.audit(&act)?;
            Ok(())
        })
    }

    /// Which entry of the desk's file is a person's.
    ///
    /// # Errors
    /// The vault's.
    pub fn door_entry(&self, name: &str) -> Result<Option<String>, Error> {
        Ok(self.door_record(name)?.entry.clone())
    }

    /// Notes which entry of the desk's file is a person's, and until when it is an invitation.
    ///
    /// # Errors
    /// [`Error::UnknownIdentity`]; the vault's.
    pub fn set_door_entry(&mut self, name: &str, entry: &str, invited_until: Option<u64>) -> Result<(), Error> {
        let act = if invited_until.is_some() { "desk invite" } else { "desk passphrase" };
        self.change_door(name, act, |record, _| {
            record.entry = Some(entry.to_owned());
            record.invited_until = invited_until;
        })
    }

    /// What a person is asked for besides his passphrase.
    ///
    /// # Errors
    /// The vault's.
    pub fn door_asks(&self, name: &str) -> Result<DoorAsks, Error> {
        Ok(match &self.door_record(name)?.codes {
            CodesRecord::Off => DoorAsks::Nothing,
            CodesRecord::On { secret, .. } => DoorAsks::Code(Zeroizing::new(*secret)),
            CodesRecord::Wanted | CodesRecord::Begun { .. } => DoorAsks::SetUp,
        })
    }

    /// Begins one-time codes, or shows again what was begun: they hold from the first code on that confirms them.
    ///
    /// # Errors
    /// [`Error::UnknownIdentity`]; [`Error::CodesStand`] where they are on, or off; the vault's.
    pub fn begin_codes(&mut self, name: &str) -> Result<BegunCodes, Error> {
        match &self.door_record(name)?.codes {
            CodesRecord::Begun { secret, recovery } => {
                return Ok(BegunCodes { secret: Zeroizing::new(*secret), recovery: Zeroizing::new(recovery.clone()) });
            }
            CodesRecord::Wanted => {}
            // Whoever was let half in before they were confirmed must not put his own in their place.
            CodesRecord::On { .. } | CodesRecord::Off => return Err(Error::CodesStand),
        }
        let mut secret = Zeroizing::new([0; 20]);
        self.vault.rng().fill_bytes(secret.as_mut());
        let mut recovery = Zeroizing::new(Vec::with_capacity(RECOVERY));
        for _ in 0..RECOVERY {
            let mut bytes = [0; 10];
            self.vault.rng().fill_bytes(&mut bytes);
            recovery.push(readable(&bytes));
        }
        self.change_door(name, "desk codes begin", |record, _| {
            record.codes = CodesRecord::Begun { secret: *secret, recovery: recovery.to_vec() };
        })?;
        Ok(BegunCodes { secret, recovery })
    }

    /// Turns one-time codes on: a code of this time step has confirmed that he has them. Nothing where none were begun.
    ///
    /// # Errors
    /// [`Error::UnknownIdentity`]; the vault's.
    pub fn confirm_codes(&mut self, name: &str, step: u64) -> Result<(), Error> {
        self.change_door(name, "desk codes on", |record, _| {
            if let CodesRecord::Begun { secret, recovery } = &record.codes {
                let recovery = recovery.iter().map(|code| digest(code)).collect();
                record.codes = CodesRecord::On { secret: *secret, step, recovery };
            }
        })
    }

    /// Has one-time codes set up anew at the next sign-in; what gave codes until now gives none that count.
    ///
    /// # Errors
    /// [`Error::UnknownIdentity`]; the vault's.
    pub fn renew_codes(&mut self, name: &str) -> Result<(), Error> {
        self.change_door(name, "desk codes renew", |record, _| record.codes = CodesRecord::Wanted)
    }

    /// Turns one-time codes off: his passphrase alone lets him in.
    ///
    /// # Errors
    /// [`Error::UnknownIdentity`]; the vault's.
    pub fn stop_codes(&mut self, name: &str) -> Result<(), Error> {
        self.change_door(name, "desk codes off", |record, _| record.codes = CodesRecord::Off)
    }

    /// Uses the code of a time step up: false where it, or a later one, was used before.
    ///
    /// # Errors
    /// The vault's.
    pub fn spend_step(&mut self, name: &str, now: u64) -> Result<bool, Error> {
        let id = self.member_id(name);
        self.vault.write(|tx| {
            let Some(mut record) = tx.get::<DoorRecord>(&id)? else { return Ok(false) };
            let CodesRecord::On { step, .. } = &mut record.codes else { return Ok(false) };
            if now <= *step {
                return Ok(false);
            }
            *step = now;
            tx.put(&id, &record)?;
            Ok(true)
        })
    }

    /// Uses a recovery code up: how many are left, or none where it is not one of his.
    ///
    /// # Errors
    /// The vault's.
    pub fn spend_recovery(&mut self, name: &str, code: &str) -> Result<Option<usize>, Error> {
        let (id, given) = (self.member_id(name), digest(code));
        let act = self.act("desk recovery code", name);
        self.vault.write(|tx| {
            let Some(mut record) = tx.get::<DoorRecord>(&id)? else { return Ok(None) };
            let CodesRecord::On { recovery, .. } = &mut record.codes else { return Ok(None) };
            let Some(at) = recovery.iter().position(|kept| *kept == given) else { return Ok(None) };
            recovery.remove(at);
            let left = recovery.len();
            tx.put(&id, &record)?;
            tx.audit(&act)?;
            Ok(Some(left))
        })
    }

    fn door_record(&self, name: &str) -> Result<DoorRecord, Error> {
        let id = self.member_id(name);
        let record = self.vault.read::<_, Error>(|tx| Ok(tx.get::<DoorRecord>(&id)?))?;
        Ok(record.unwrap_or_default())
    }

    fn change_door(
        &mut self,
        name: &str,
        act: &str,
        change: impl FnOnce(&mut DoorRecord, &mut WriteTx<'_>),
    ) -> Result<(), Error> {
        let id = self.member_id(name);
        let act = self.act(act, name);
        self.vault.write(|tx| {
            if !tx.contains::<IdentityRecord>(&id)? {
                return Err(Error::UnknownIdentity { name: name.to_owned() });
            }
            let mut record = tx.get::<DoorRecord>(&id)?.unwrap_or_default();
            change(&mut record, tx);
            tx.put(&id, &record)?;
            tx.audit(&act)?;
            Ok(())
        })
    }

    pub(crate) fn member_id(&self, name: &str) -> Id {
        self.vault.name_id("identity", name)
    }
}

fn member(record: IdentityRecord, door: Option<&DoorRecord>) -> Member {
    let roles = record.roles();
    let door = match door {
        Some(DoorRecord { entry: Some(_), invited_until: Some(until), .. }) => Door::Invited(*until),
        Some(DoorRecord { entry: Some(_), codes, .. }) => match codes {
            CodesRecord::Off => Door::Passphrase,
            CodesRecord::On { recovery, .. } => Door::Codes { recovery: recovery.len() },
            CodesRecord::Wanted | CodesRecord::Begun { .. } => Door::Codes { recovery: 0 },
        },
        _ => Door::Closed,
    };
    Member { name: record.name, roles, door }
}

/// Crockford's base 32 in groups of four: sixteen characters of 80 bits.
fn readable(bytes: &[u8; 10]) -> String {
    const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut number = bytes.iter().fold(0_u128, |sum, byte| sum << 8 | u128::from(*byte));
    let mut digits = [0; 16];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(number & 31) as usize];
        number >>= 5;
    }
    digits.chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect::<Vec<_>>().join("-")
}

/// A recovery code as it is compared: case, spaces and hyphens do not count, nor letters that look like digits.
fn digest(code: &str) -> [u8; 32] {
    let plain = code.chars().filter(char::is_ascii_alphanumeric).map(|c| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    });
    Sha256::digest(plain.collect::<String>().as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recovery_codes_are_read_as_people_write_them() {
        assert_eq!(readable(&[0; 10]), "0000-0000-0000-0000");
        assert_eq!(readable(&[0xff; 10]), "ZZZZ-ZZZZ-ZZZZ-ZZZZ");
        let code = readable(&[7, 1, 32, 9, 200, 15, 0, 64, 3, 18]);
        assert_eq!(digest(&code), digest(&code.to_lowercase().replace('-', " ")));
        assert_eq!(digest("O0IL-1"), digest("00111"));
        assert_ne!(digest(&code), digest(&code[1..]));
    }

    #[test]
    fn persons_of_before_have_roles() {
        let old = |approver: bool| {
            let json = serde_json::json!({"name": "Ines", "age": "age1", "key": vec![7; 32], "approver": approver});
            serde_json::from_value::<IdentityRecord>(json).unwrap()
        };
        assert_eq!(old(true).roles(), Roles::from([Role::Approver, Role::Analyst]));
        assert_eq!(old(false).roles(), Roles::from([Role::Writer, Role::Analyst, Role::Press]));
        let said = IdentityRecord { roles: Some(Roles::from([Role::Press])), ..old(true) };
        assert_eq!(said.roles(), Roles::from([Role::Press]));
        let json = serde_json::to_value(&said).unwrap();
        assert_eq!(json["roles"], serde_json::json!(["press"]));
        assert!(serde_json::to_value(old(true)).unwrap().get("roles").is_none(), "it is written as before");
    }

    #[test]
    fn roles_have_names() {
        for role in Role::ALL {
            assert_eq!(Role::named(role.name()), Some(role));
            assert_eq!(serde_json::to_string(&role).unwrap(), format!("\"{}\"", role.name()));
        }
        assert_eq!(Role::named("Analyst"), None);
    }
}
