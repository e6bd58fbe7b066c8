//! A recipient's name: it counts only under two different approvers' signatures.

use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest as _, Sha256};

use super::Row;
use crate::bundle::{Bundle, hex};
use crate::hash::{Digest, hash};
use crate::report::{NameReport, Reason};
use crate::settings::{APPROVALS, check_approvers};
use crate::shape::public_key;

/// Who a copy was for, as two approvers let it be said.
#[derive(Clone, PartialEq, Eq)]
pub struct Name {
    /// The approvers' Ed25519 public keys in their order, as they were sealed.
    pub keys: Vec<[u8; 32]>,
    /// The salt of the approvers' piece.
    pub keys_salt: Digest,
    /// The recipient, as sealed.
    pub recipient: String,
    /// The salt of the recipient's piece, which two approvers' shares gave.
    pub salt: Digest,
    /// The case.
    pub case: [u8; 16],
    /// What the office says of it.
    pub statement: String,
    /// Why it is made public.
    pub reason: String,
    /// Two or more, ascending by approver.
    pub approvals: Vec<Approval>,
}

impl std::fmt::Debug for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Name").field("approvals", &self.approvals.len()).finish_non_exhaustive()
    }
}

/// One approver's agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// The approver's place among the keys, from 1.
    pub approver: u8,
    /// Ed25519 over [`Approved::digest`].
    pub signature: [u8; 64],
}

/// What an approver signs.
#[derive(Clone, Copy)]
pub struct Approved<'a> {
    /// The 32 bytes of the log's public key.
    pub log_key: [u8; 32],
    /// The message's commitment.
    pub commitment: &'a Digest,
    /// The copy's number, from 1.
    pub copy: u32,
    /// Its recipient, as sealed.
    pub recipient: &'a str,
    /// The case.
    pub case: &'a [u8; 16],
    /// SHA-256 of the capture.
    pub capture: &'a Digest,
    /// The published text.
    pub published: &'a str,
    /// What the office says of it.
    pub statement: &'a str,
    /// Why it is made public.
    pub reason: &'a str,
}

impl std::fmt::Debug for Approved<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Approved").field("copy", &self.copy).finish_non_exhaustive()
    }
}

impl Approved<'_> {
    /// The 32 bytes that are signed: `H("countermark/approval/1", log key, commitment, u64(copy), recipient, case,
    /// sha256 of the capture, SHA-256(published), statement, reason)`.
    #[must_use]
    pub fn digest(&self) -> Digest {
        hash(
            "countermark/approval/1",
            &[
                &self.log_key,
                self.commitment,
                &u64::from(self.copy).to_be_bytes(),
                self.recipient.as_bytes(),
                self.case,
                self.capture,
                &sha256(self.published.as_bytes()),
                self.statement.as_bytes(),
                self.reason.as_bytes(),
            ],
        )
    }

    pub(super) fn of<'a>(bundle: &'a Bundle, row: &'a Row, capture: &'a Digest) -> Result<Approved<'a>, Reason> {
        let name = row.name.as_ref().ok_or(Reason::Name)?;
        Ok(Approved {
            log_key: public_key(&bundle.log)?,
            commitment: &bundle.commitment,
            copy: row.copy,
            recipient: &name.recipient,
            case: &name.case,
            capture,
            published: &row.published,
            statement: &name.statement,
            reason: &name.reason,
        })
    }
}

impl Name {
    /// Checks the approvals.
    pub(super) fn check(&self, approved: &Approved<'_>) -> Result<NameReport, Reason> {
        // One person under two numbers would be one person signing twice.
        check_approvers(&self.keys).map_err(|_| Reason::Name)?;
        let ascending = self.approvals.windows(2).all(|pair| pair[0].approver < pair[1].approver);
        let digest = approved.digest();
        let signed = self.approvals.iter().all(|approval| self.signed(approval, &digest));
        if !ascending || !signed || (self.approvals.len() as u64) < APPROVALS {
            return Err(Reason::Name);
        }
        Ok(NameReport {
            recipient: self.recipient.clone(),
            statement: self.statement.clone(),
            reason: self.reason.clone(),
            case: hex(&self.case),
            approvers: self.approvals.iter().map(|approval| approval.approver).collect(),
        })
    }

    fn signed(&self, approval: &Approval, digest: &Digest) -> bool {
        let key = usize::from(approval.approver).checked_sub(1).and_then(|place| self.keys.get(place));
        let key = key.and_then(|key| VerifyingKey::from_bytes(key).ok());
        key.is_some_and(|key| key.verify_strict(digest, &Signature::from_bytes(&approval.signature)).is_ok())
    }
}

/// SHA-256.
pub(super) fn sha256(bytes: &[u8]) -> Digest {
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::*;

    #[test]
    fn one_person_under_two_numbers_is_one() {
        let keys = [SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32])];
        let approved = Approved {
            log_key: [0; 32],
            commitment: &[1; 32],
            copy: 1,
            recipient: "Ines",
            case: &[2; 16],
            capture: &[3; 32],
            published: "text",
            statement: "statement",
            reason: "reason",
        };
        let name = |signers: [usize; 2]| Name {
            keys: signers.map(|signer| keys[signer].verifying_key().to_bytes()).to_vec(),
            keys_salt: [0; 32],
            recipient: "Ines".to_owned(),
            salt: [0; 32],
            case: [2; 16],
            statement: "statement".to_owned(),
            reason: "reason".to_owned(),
            approvals: (1..)
                .zip(signers)
                .map(|(approver, signer)| Approval {
                    approver,
                    signature: keys[signer].sign(&approved.digest()).to_bytes(),
                })
                .collect(),
        };
        assert!(name([0, 1]).check(&approved).is_ok());
        assert_eq!(name([0, 0]).check(&approved), Err(Reason::Name));
    }
}
