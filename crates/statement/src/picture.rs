//! The support picture, as far as it can be judged without decoding it.

use crate::Fault;
use crate::limits::{SUPPORT_BYTES, SUPPORT_PIXELS};

/// Whether these bytes begin as a PNG whose size is within the limits: no reader's browser is to unpack a picture bomb.
///
/// # Errors
/// [`Fault::Picture`], [`Fault::Long`].
pub fn check_png(bytes: &[u8]) -> Result<(), Fault> {
    if bytes.len() > SUPPORT_BYTES {
        return Err(Fault::Long("support.png"));
    }
    // Signature, and the first chunk's length, name, width and height (PNG, third edition, sections 5.2 and 11.2.1).
    let front = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR").ok_or(Fault::Picture)?;
    let number = |at: usize| {
        let bytes = front.get(at..at + 4)?;
        Some(bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
    };
    let fits = |pixels: Option<u32>| pixels.is_some_and(|pixels| (1..=SUPPORT_PIXELS).contains(&pixels));
    if fits(number(0)) && fits(number(4)) { Ok(()) } else { Err(Fault::Picture) }
}
