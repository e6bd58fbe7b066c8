//! Approvals: two persons of the office sign that a recipient is named, each with his own key.

use countermark_proof::shamir::{Share, combine};
use countermark_proof::{Approval, Approved, Capture, NameOpening};
use countermark_tlog::directory::Disk;
use ed25519_dalek::{Signer as _, SigningKey};

use super::Kept;
use crate::approver::open_shares;
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
    /// [`Error::Approver`], [`Error::Unheard`], [`Error::Case`]; the vault's.
    pub fn approve(
        &mut self,
        given: &str,
        identity: &str,
        statement: Option<&str>,
        reason: Option<&str>,
    ) -> Result<usize, Error> {
        let mut kept = self.wanted_case(given)?;
        let copy = self.recipient_of(&kept)?;
        self.heard(&kept)?;
        let opened = self.find(&crate::ledger::hex(&kept.finding()?.message))?;
        let key = signing_key(identity).ok_or(Error::Approver { what: "the file holds no signing key" })?;
        let share = self.share_of(&opened, identity, &key, copy)?;
        let mut naming = naming(&kept, copy, statement, reason)?;
        let signer = key.verifying_key().to_bytes();
        if naming.approvals.iter().any(|approval| approval.key == signer) {
            return Err(Error::Approver { what: "it has signed this already, and two different persons must" });
        }
        let capture = self.proved_capture(&kept)?;
        let digest = approved(self.log_key(), &opened, &kept, &naming, &capture).digest();
        naming.approvals.push(ApprovalRecord {
            key: signer,
            signature: crate::ledger::hex(&key.sign(&digest).to_bytes()),
            place: share.place,
            share: share.values,
            at_ms: self.now_ms(),
        });
        let (signed, why) = (naming.approvals.len(), naming.reason.clone());
        kept.record.naming = Some(naming);
        self.keep_case(&kept, "case approve", Some(&why))?;
        Ok(signed)
    }

    /// An approver's share of a copy's salt, which only his own key opens.
    fn share_of(&self, opened: &Opened, identity: &str, key: &SigningKey, copy: usize) -> Result<Share, Error> {
        let signer = key.verifying_key().to_bytes();
        let place = opened.record.text.approvers.iter().position(|approver| *approver == signer);
        let place = place.ok_or(Error::Approver { what: "it was no approver when the message was sealed" })?;
        let shares = self.vault.read::<_, Error>(|tx| Ok(tx.get::<SharesRecord>(opened.id.0)?))?;
        let none =
            Error::Approver { what: "the message was sealed with fewer than two approvers, and can name nobody" };
        if shares.is_none() {
            // They go with the codebook, which says so itself.
            self.codes(&opened.id)?;
        }
        let shares = shares.ok_or(none)?;
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
        let shares: Vec<Share> =
            approvals.iter().map(|approval| Share { place: approval.place, values: approval.share }).collect();
        let salt = match shares.as_slice() {
            [one, other, ..] => combine(one, other),
            _ => None,
        };
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
            salt: salt.ok_or_else(too_few)?,
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
    if reason.trim().is_empty() || reason.len() > countermark_proof::limits::REASON_BYTES {
        return Err(Error::FieldValue { field: "reason".to_owned(), longest: countermark_proof::limits::REASON_BYTES });
    }
    if statement.trim().is_empty() || statement.len() > countermark_proof::limits::WORDS_BYTES {
        return Err(Error::FieldValue {
            field: "statement".to_owned(),
            longest: countermark_proof::limits::WORDS_BYTES,
        });
    }
    Ok(NamingRecord { copy, statement: statement.to_owned(), reason: reason.to_owned(), approvals: Vec::new() })
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
