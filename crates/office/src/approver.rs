//! Shares of the recipients' salts, each for one approver's eyes.

use std::io::Write;

use countermark_proof::ApproverShares;
use zeroize::Zeroizing;

use crate::Error;
use crate::ledger::hex;
use crate::record::{IdentityRecord, SealedShares, SharesRecord};

/// Encrypts each approver's shares to his age key; nothing when there are fewer than two approvers.
pub(crate) fn seal_shares(
    approvers: &[IdentityRecord],
    shares: &[ApproverShares],
) -> Result<Option<SharesRecord>, Error> {
    if shares.is_empty() {
        return Ok(None);
    }
    let mut sealed = Vec::with_capacity(shares.len());
    for own in shares {
        let approver = approvers.iter().find(|a| a.key == own.approver);
        let recipient = approver.and_then(|a| a.age.parse::<age::x25519::Recipient>().ok());
        let recipient = recipient.ok_or_else(|| Error::UnknownIdentity { name: "approver".to_owned() })?;
        let mut content = Zeroizing::new(Vec::with_capacity(33 * own.shares.len()));
        for share in &own.shares {
            content.push(share.place);
            content.extend_from_slice(&share.values);
        }
        sealed.push(SealedShares { approver: own.approver, file: hex(&encrypt(&recipient, &content)) });
    }
    Ok(Some(SharesRecord { sealed }))
}

fn encrypt(recipient: &age::x25519::Recipient, content: &[u8]) -> Vec<u8> {
    let to = std::iter::once(recipient as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(to).expect("there is one recipient, and he is no passphrase");
    let mut file = Vec::new();
    let mut writer = encryptor.wrap_output(&mut file).expect("memory takes every write");
    writer.write_all(content).and_then(|()| writer.finish().map(|_| ())).expect("memory takes every write");
    file
}
