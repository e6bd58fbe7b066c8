//! Shares of the recipients' salts, each for one approver's eyes.

use std::io::{Read, Write};

use countermark_proof::ApproverShares;
use countermark_proof::shamir::Share;
use zeroize::Zeroizing;

use crate::Error;
use crate::ledger::{hex, unhex};
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
        let mut content = Zeroizing::new(Vec::with_capacity(SHARE * own.shares.len()));
        own.shares.iter().for_each(|share| put(&mut content, share));
        sealed.push(SealedShares { approver: own.approver, file: hex(&encrypt(&[recipient], &content)) });
    }
    Ok(Some(SharesRecord { sealed }))
}

/// Encrypts one share to several approvers; nothing when there are none.
pub(crate) fn seal_share(to: &[IdentityRecord], share: &Share) -> Option<String> {
    let recipients: Vec<_> = to.iter().filter_map(|one| one.age.parse().ok()).collect();
    if recipients.is_empty() {
        return None;
    }
    let mut content = Zeroizing::new(Vec::with_capacity(SHARE));
    put(&mut content, share);
    Some(hex(&encrypt(&recipients, &content)))
}

/// An approver's shares, one a copy, with the age secret in his identity file; nothing when that does not open them.
pub(crate) fn open_shares(file: &str, identity: &str) -> Option<Vec<Share>> {
    let secret = identity.lines().map(str::trim).find(|line| line.starts_with("AGE-SECRET-KEY-"))?;
    let secret: age::x25519::Identity = secret.parse().ok()?;
    let file = unhex(file)?;
    let decryptor = age::Decryptor::new_buffered(file.as_slice()).ok()?;
    let mut content = Zeroizing::new(Vec::new());
    decryptor.decrypt(std::iter::once(&secret as &dyn age::Identity)).ok()?.read_to_end(&mut content).ok()?;
    let shares = content.chunks(SHARE).map(|bytes| {
        let (place, values) = bytes.split_first()?;
        Some(Share { place: *place, values: values.try_into().ok()? })
    });
    shares.collect()
}

/// A share's bytes: its place, then its values.
const SHARE: usize = 33;

fn put(content: &mut Vec<u8>, share: &Share) {
    content.push(share.place);
    content.extend_from_slice(&share.values);
}

/// An age file to one recipient or more.
fn encrypt(recipients: &[age::x25519::Recipient], content: &[u8]) -> Vec<u8> {
    let to = recipients.iter().map(|recipient| recipient as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(to).expect("there is a recipient, and none is a passphrase");
    let mut file = Vec::new();
    let mut writer = encryptor.wrap_output(&mut file).expect("memory takes every write");
    writer.write_all(content).and_then(|()| writer.finish().map(|_| ())).expect("memory takes every write");
    file
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use countermark_vault::Identity;

    use super::*;

    #[test]
    fn a_kept_share_opens_for_the_others_alone() {
        let ages = [Identity::generate(), Identity::generate(), Identity::generate()];
        let record = |(age, key): (&Identity, u8)| IdentityRecord {
            name: String::new(),
            age: age.recipient(),
            key: [key; 32],
            approver: true,
            roles: None,
        };
        let share = Share { place: 1, values: [7; 32] };
        let others: Vec<_> = ages.iter().zip(0..).skip(1).map(record).collect();
        let file = seal_share(&others, &share).unwrap();
        assert!(open_shares(&file, ages[0].secret().as_str()).is_none());
        for age in &ages[1..] {
            let opened = open_shares(&file, age.secret().as_str()).unwrap();
            assert_eq!(opened.iter().map(|share| (share.place, share.values)).collect::<Vec<_>>(), [(1, [7; 32])]);
        }
        assert!(seal_share(&[], &share).is_none());
        assert!(!file.contains(&hex(&[7; 32])));
    }
}
