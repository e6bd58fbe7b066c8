//! The two seeds of a sealing, and the salts that come of them.
//!
//! One seed salts what proves the text, the other the codebook's pieces: when a codebook is destroyed its seed goes
//! with it, and the text can still be opened. The salts of the recipients come of neither; they are fresh random
//! bytes that only the approvers' shares give back.

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::hash::{Digest, encode};
use crate::sealing::MessageId;

macro_rules! seed {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Zeroize, ZeroizeOnDrop)]
        pub struct $name([u8; 32]);

        impl $name {
            /// The seed of 256 random bits, never used for a second message.
            #[must_use]
            pub fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The seed's bytes, to be stored encrypted.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }

            pub(crate) fn salts(&self, message: &MessageId) -> Salts {
                Salts(Hkdf::new(Some(&message.0), &self.0))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    };
}

seed! {
    /// Salts the pieces that prove the text: settings, approvers, time, texts and sources of the parts.
    TextSeed
}
seed! {
    /// Salts the codebook's pieces: the copies' symbols and the sites. Destroyed with the codebook.
    CodebookSeed
}

/// The salts of one message under one seed.
pub(crate) struct Salts(Hkdf<Sha256>);

impl Salts {
    /// `HKDF-SHA256(ikm = seed, salt = message id, info = enc("countermark/salt/1", index as 8 bytes))`, 32 bytes.
    pub(crate) fn salt(&self, index: u64) -> Digest {
        let info = encode(&[b"countermark/salt/1", &index.to_be_bytes()]);
        let mut salt = [0; 32];
        self.0.expand(&info, &mut salt).expect("32 bytes are fewer than the 8,160 that HKDF-SHA256 can give");
        salt
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_message_and_place_has_its_own_salt() {
        let salts = |seed: u8, message: u8| TextSeed::from_bytes([seed; 32]).salts(&MessageId([message; 16]));
        let mut seen = vec![salts(1, 1).salt(0), salts(1, 1).salt(1), salts(2, 1).salt(0), salts(1, 2).salt(0)];
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 4);
        assert_eq!(salts(1, 1).salt(7), salts(1, 1).salt(7));
        assert_eq!(format!("{:?}", CodebookSeed::from_bytes([9; 32])), "CodebookSeed(..)");
    }
}
