//! RFC 3161 timestamps: the only thing that says *when* to somebody who does not trust the log's owner.
//!
//! A [`request`] for a SHA-256 digest goes to a time-stamping authority; what comes back is read by
//! [`Token::parse`], and means something after [`Token::verify`] under [`Anchors`] that the reader trusts. How the two
//! travel is the caller's business.
//!
//! What is checked, each with an error of its own: the digest; the nonce; that the content is a time-stamp; the signed
//! attributes (content type, message digest, the ESS certificate id of RFC 2634 or RFC 5816); that the certificate may
//! stamp time and nothing else, and says so critically; the signature (RSA from 2,048 bits, P-256, P-384, with
//! SHA-2); and the chain, at the time stamped, up to a trust anchor.
//!
//! What is not: revocation. Who distrusts an authority takes it out of the anchors.

mod der;
mod token;
mod verify;

pub use token::Token;
pub use verify::{Anchors, MAX_ANCHORS, MAX_PEM, Stamp};

pub use self::der::{MAX_DEPTH, MAX_ELEMENTS};

use ::der::asn1::{Int, OctetString};
use ::der::{Any, Encode};
use cms::cert::x509::spki::AlgorithmIdentifier;
use x509_tsp::{MessageImprint, TimeStampReq, TspVersion};

/// The most bytes of a response or token that are read. With two certificates it has 2 to 6 kB.
pub const MAX_TOKEN: usize = 64 * 1024;

/// The most certificates of a token.
pub const MAX_CERTIFICATES: usize = 16;

/// The request (`TimeStampReq`, DER) to stamp this SHA-256 digest. It asks for the authority's certificate.
///
/// The nonce is random; the answer carries it, so an old answer can't be passed off for this one.
///
/// # Errors
/// [`TimestampError::Structure`](crate::error::TimestampError::Structure) if the encoding fails, which no input
/// brings about.
pub fn request(digest: &[u8; 32], nonce: u64) -> Result<Vec<u8>, crate::error::TimestampError> {
    let encode = || {
        TimeStampReq {
            version: TspVersion::V1,
            message_imprint: MessageImprint {
                hash_algorithm: AlgorithmIdentifier { oid: token::SHA256, parameters: Some(Any::null()) },
                hashed_message: OctetString::new(digest.to_vec())?,
            },
            req_policy: None,
            nonce: Some(Int::new(&integer(nonce))?),
            cert_req: true,
            extensions: None,
        }
        .to_der()
    };
    encode().map_err(|_| crate::error::TimestampError::Structure { part: "request" })
}

/// The content of a DER INTEGER: big endian, as short as can be, with a zero in front of a set top bit.
fn integer(number: u64) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let start = (number.leading_zeros() / 8).min(7) as usize;
    let sign = if bytes[start] & 0x80 != 0 { &[0][..] } else { &[] };
    [sign, &bytes[start..]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_exact_der() {
        let head =
            [0x30, 0x41, 2, 1, 1, 0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 32];
        let bytes = request(&[0xab; 32], 0x0102_0304_0506).unwrap();
        assert_eq!(bytes[..24], head);
        assert_eq!(bytes[24..56], [0xab; 32]);
        assert_eq!(bytes[56..], [2, 6, 1, 2, 3, 4, 5, 6, 1, 1, 0xff]);
    }

    #[test]
    fn integers_are_minimal() {
        for (number, bytes) in [
            (0, vec![0]),
            (127, vec![127]),
            (128, vec![0, 128]),
            (256, vec![1, 0]),
            (u64::MAX, [vec![0], vec![0xff; 8]].concat()),
        ] {
            assert_eq!(integer(number), bytes, "{number}");
        }
    }
}
