//! Padded lengths: a record's size tells little of its content.
//!
//! The padding is *Padmé* (Nikitin, Barman, Lueks, Underwood, Hubaux, Ford: "Reducing Metadata Leakage from Encrypted Files
//! and Communication with PURBs", PoPETs 2019, section 4): a length of `L` bytes is rounded up so that only its
//! `log2 log2 L` upper bits vary, which costs at most 12 % and leaves `O(log log L)` bits to be seen. Everything below
//! [`LEAST`] looks the same.

use zeroize::Zeroizing;

/// The least padded length, in bytes: most small records are below it and so are all of one size.
pub(crate) const LEAST: usize = 256;

/// The length in front of the content: u32, big-endian.
const PREFIX: usize = 4;

/// `length || content || zeros`, as long as [`padded_len`] says. The content is shorter than 4 GiB.
pub(crate) fn pad(content: &[u8]) -> Zeroizing<Vec<u8>> {
    let len = u32::try_from(content.len()).expect("the caller refuses records above 64 MiB");
    // The whole capacity at once: growing would leave copies of the content behind that nobody wipes. The AEAD's tag fits too.
    let mut padded = Zeroizing::new(Vec::with_capacity(padded_len(content.len()) + 16));
    padded.extend_from_slice(&len.to_be_bytes());
    padded.extend_from_slice(content);
    padded.resize(padded_len(content.len()), 0);
    padded
}

/// The content of a padded text; `None` when it was not made by [`pad`].
pub(crate) fn unpad(padded: &[u8]) -> Option<&[u8]> {
    let (prefix, rest) = padded.split_first_chunk::<PREFIX>()?;
    let len = usize::try_from(u32::from_be_bytes(*prefix)).ok()?;
    let (content, zeros) = rest.split_at_checked(len)?;
    (padded.len() == padded_len(len) && zeros.iter().all(|byte| *byte == 0)).then_some(content)
}

/// The length of the padded text that holds `len` bytes.
pub(crate) fn padded_len(len: usize) -> usize {
    padme(len + PREFIX).max(LEAST)
}

/// The Padmé length of `len >= 2` bytes.
fn padme(len: usize) -> usize {
    let exponent = len.ilog2();
    let kept = exponent.checked_ilog2().map_or(0, |bits| bits + 1);
    let mask = (1_usize << exponent.saturating_sub(kept)) - 1;
    (len + mask) & !mask
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lengths_of_the_paper() {
        // The paper's own example: 9 bytes take 10; and powers of two stay.
        for (len, padded) in [(9, 10), (8, 8), (256, 256), (257, 272), (1025, 1088), (1 << 20, 1 << 20)] {
            assert_eq!(padme(len), padded, "{len}");
        }
    }

    proptest! {
        #[test]
        fn pads_back(content in proptest::collection::vec(any::<u8>(), 0..3000)) {
            let padded = pad(&content);
            prop_assert_eq!(unpad(&padded), Some(content.as_slice()));
            prop_assert!(padded.len() <= (content.len() + 4) * 112 / 100 + LEAST);
        }

        #[test]
        fn foreign_bytes_never_panic(padded in proptest::collection::vec(any::<u8>(), 0..600)) {
            let _ = unpad(&padded);
        }
    }

    #[test]
    fn a_changed_pad_is_refused() {
        let mut padded = pad(b"text").to_vec();
        *padded.last_mut().expect("padded is never empty") = 1;
        assert_eq!(unpad(&padded), None);
        assert_eq!(unpad(&[0; 255]), None);
        assert_eq!(unpad(&[0xff; 300]), None);
    }
}
