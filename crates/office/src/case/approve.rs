//! Approvals: two persons of the office sign that a recipient is named, each with his own key.

use countermark_proof::shamir::{Share, combine};
use countermark_proof::{
    Approval, Approved, Capture, CodebookSeed, Look, NameOpening, OpeningError, RowOpening, TextSeed,
};
use countermark_tlog::directory::Disk;
use ed25519_dalek::{Signer as _, SigningKey};

use super::Kept;
use super::hear::is_nameable;
use crate::approver::{open_shares, seal_share};
use crate::identity::signing_key;
use crate::ledger::unhex;
use crate::messages::Opened;
use crate::record::{ApprovalRecord, NamingRecord, SharesRecord};
use crate::seal::public_name;
use crate::{Error, Office};

impl<D: Disk + Clone> Office<D> {
    /// Signs, with the keys in an approver's identity file, that the recipient whose copy is named in a case may be named in
    /// public. The first approver says statement and reason; whoever comes after him signs the same, and may say them again.
    /// Gives back how many have signed.
    ///
    /// # Errors
    /// [`Error::Approver`], [`Error::SignedTwice`], [`Error::Nameless`], [`Error::Unheard`], [`Error::TermRuns`],
    /// [`Error::Case`]; the vault's.
    pub fn approve(
        &mut self,
        given: &str,
        identity: &str,
        statement: Option<&str>,
        reason: Option<&str>,
    ) -> Result<usize, Error> {
        let mut kept = self.wanted_case(given)?;
        let copy = self.recipient_of(&kept)?;
        let opened = self.find(&crate::ledger::hex(&kept.finding()?.message))?;
        if !is_nameable(&opened) {
            return Err(Error::Nameless);
        }
        self.heard(&kept)?;
        let key = signing_key(identity).ok_or(Error::Approver { what: "the file holds no signing key" })?;
        let share = self.share_of(&opened, identity, &key, copy)?;
        let mut naming = naming(&kept, copy, statement, reason)?;
        let signer = key.verifying_key().to_bytes();
        if naming.approvals.iter().any(|approval| approval.key == signer) {
            return Err(Error::SignedTwice);
        }
        let sealed = match naming.approvals.first() {
            None => Some(self.for_the_others(&opened, &signer, &share)?),
            Some(first) => {
                if naming.salt.is_none() {
                    naming.salt = Some(self.salt_of(&opened, copy, first, identity, &share)?);
                }
                None
            }
        };
        if naming.salt.is_some() {
            // It has done its work.
            naming.approvals.iter_mut().for_each(|approval| approval.share = None);
        }
        let capture = self.proved_capture(&kept)?;
        let digest = approved(self.log_key(), &opened, &kept, &naming, &capture).digest();
        naming.approvals.push(ApprovalRecord {
            key: signer,
            signature: crate::ledger::hex(&key.sign(&digest).to_bytes()),
            place: share.place,
            share: sealed,
            at_ms: self.now_ms(),
        });
        let (signed, why) = (naming.approvals.len(), naming.reason.clone());
        kept.record.naming = Some(naming);
        self.keep_case(&kept, "case approve", Some(&why))?;
        Ok(signed)
    }

    /// The first approver's share, for the eyes of those alone who can sign after him.
    fn for_the_others(&self, opened: &Opened, signer: &[u8; 32], share: &Share) -> Result<String, Error> {
        let mut others = self.approvers()?;
        others.retain(|one| one.key != *signer && opened.record.text.approvers.contains(&one.key));
        seal_share(&others, share).ok_or(Error::Approver {
            what: "nobody else who was an approver when the message was sealed is left in the office, and two must sign",
        })
    }

    /// The salt of the recipient's piece, of the first approver's share and that of whoever signs after him.
    fn salt_of(
        &self,
        opened: &Opened,
        copy: usize,
        first: &ApprovalRecord,
        identity: &str,
        share: &Share,
    ) -> Result<[u8; 32], Error> {
        let shut = Error::Approver { what: "its age key does not open the share of the approver who signed first" };
        let kept = first.share.as_ref().and_then(|file| open_shares(file, identity));
        let kept = kept.and_then(|mut shares| shares.pop()).ok_or(shut)?;
        let wrong =
            Error::Approver { what: "its share and that of the approver who signed first do not belong together" };
        let Some(salt) = combine(&kept, share) else { return Err(wrong) };
        if self.is_salt(opened, copy, salt)? { Ok(salt) } else { Err(wrong) }
    }

    /// Whether a salt gives the recipient's piece as it was sealed.
    fn is_salt(&self, opened: &Opened, copy: usize, salt: [u8; 32]) -> Result<bool, Error> {
        let codes = self.codes(&opened.id)?;
        let seeds = (TextSeed::from_bytes(opened.record.text_seed), CodebookSeed::from_bytes(codes.seed));
        let name = NameOpening { salt, case: [0; 16], statement: "", reason: "", approvals: Vec::new() };
        let look = Look { k: 1, messages: 1 };
        let row = RowOpening { copy: copy as u32 + 1, look, published: "", name: Some(name) };
        let sealing = self.sealing_of(opened)?;
        match sealing.open_row(&seeds.0, &seeds.1, &codes.recipients, &opened.record.commitment, &[1], &row) {
            Ok(_) => Ok(true),
            Err(OpeningError::Salt) => Ok(false),
            Err(other) => Err(other.into()),
        }
    }

    /// An approver's share of a copy's salt, which only his own key opens.
    fn share_of(&self, opened: &Opened, identity: &str, key: &SigningKey, copy: usize) -> Result<Share, Error> {
        let signer = key.verifying_key().to_bytes();
        let place = opened.record.text.approvers.iter().position(|approver| *approver == signer);
        let place = place.ok_or(Error::Approver { what: "it was no approver when the message was sealed" })?;
        let shares = self.vault.read::<_, Error>(|tx| Ok(tx.get::<SharesRecord>(opened.id.0)?))?;
        if shares.is_none() {
            // They go with the codebook, which says so itself.
            self.codes(&opened.id)?;
        }
        let shares = shares.ok_or(Error::Nameless)?;
        let sealed = shares.sealed.iter().find(|sealed| sealed.approver == signer);
        let shares = sealed.and_then(|sealed| open_shares(&sealed.file, identity));
        let share = shares.and_then(|mut shares| (copy < shares.len()).then(|| shares.swap_remove(copy)));
        let share = share.filter(|share| usize::from(share.place) == place + 1);
        share.ok_or(Error::Approver { what: "its age key does not open the shares that were sealed to it" })
    }

    /// The name of a case, where two approvers have signed it.
    pub(crate) fn approved_name<'a>(&self, opened: &Opened, kept: &'a Kept) -> Result<NameOpening<'a>, Error> {
        let too_few =
            || Error::Case { case: kept.name(), what: "two approvers must have signed first (`case approve`)" };
        let naming = kept.record.naming.as_ref().ok_or_else(too_few)?;
        self.heard(kept)?;
        let mut approvals = naming.approvals.clone();
        approvals.sort_by_key(|approval| approval.place);
        let mut signed = Vec::with_capacity(approvals.len());
        for approval in &approvals {
            let place = opened.record.text.approvers.iter().position(|key| *key == approval.key);
            let signature = unhex(&approval.signature).and_then(|bytes| bytes.try_into().ok());
            let approver = place.and_then(|place| u8::try_from(place + 1).ok());
            let damaged = || Error::Case { case: kept.name(), what: "an approval in it is damaged" };
            let (approver, signature) = approver.zip(signature).ok_or_else(damaged)?;
            signed.push(Approval { approver, signature });
        }
        Ok(NameOpening {
            salt: naming.salt.ok_or_else(too_few)?,
            case: kept.id,
            statement: &naming.statement,
            reason: &naming.reason,
            approvals: signed,
        })
    }
}

/// What is to be signed: as the first approver said it, or as it is said now.
fn naming(kept: &Kept, copy: usize, statement: Option<&str>, reason: Option<&str>) -> Result<NamingRecord, Error> {
    let case = kept.name();
    if let Some(naming) = kept.record.naming.clone() {
        let same = |said: Option<&str>, stands: &str| said.is_none_or(|said| said == stands);
        if same(statement, &naming.statement) && same(reason, &naming.reason) {
            return Ok(naming);
        }
        return Err(Error::Case {
            case,
            what: "another statement or reason was signed before; both must sign the same",
        });
    }
    let (Some(statement), Some(reason)) = (statement, reason) else {
        return Err(Error::Case { case, what: "the first approver says what is stated, and for what reason" });
    };
    if reason.trim().is_empty() {
        return Err(Error::NoReason);
    }
    if reason.len() > countermark_proof::limits::REASON_BYTES {
        return Err(Error::FieldValue { field: "reason".to_owned(), longest: countermark_proof::limits::REASON_BYTES });
    }
    if statement.trim().is_empty() || statement.len() > countermark_proof::limits::WORDS_BYTES {
        return Err(Error::FieldValue {
            field: "statement".to_owned(),
            longest: countermark_proof::limits::WORDS_BYTES,
        });
    }
    Ok(NamingRecord {
        copy,
        statement: statement.to_owned(),
        reason: reason.to_owned(),
        approvals: Vec::new(),
        salt: None,
    })
}

/// What the approvers sign.
fn approved<'a>(
    log_key: [u8; 32],
    opened: &'a Opened,
    kept: &'a Kept,
    naming: &'a NamingRecord,
    capture: &'a Capture,
) -> Approved<'a> {
    Approved {
        log_key,
        commitment: &opened.record.commitment,
        copy: naming.copy as u32 + 1,
        recipient: public_name(&opened.record.recipients[naming.copy]),
        case: &kept.id,
        capture: &capture.sha256,
        published: &kept.record.published,
        statement: &naming.statement,
        reason: &naming.reason,
    }
}
