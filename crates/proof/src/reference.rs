//! References: the short code that a message may carry, the same on every copy of it.

use std::fmt;
use std::str::FromStr;

use crate::error::ReferenceError;
use crate::hash::{Digest, hash};

/// Crockford's base 32: no I, L, O and U, so that nothing is mistaken when read aloud or retyped.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A reference: 40 bits, printed as 8 characters, `7F3K-92QD`.
///
/// The high 20 bits are the slot's number, the low 20 bits the first bits of
/// `H("countermark/ref/1", log key, table, i)`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference(u64);

impl Reference {
    /// The reference of slot `slot` (below 2^20; higher bits are dropped) of a table in the log with the Ed25519
    /// public key `log_key`.
    #[must_use]
    pub fn of(log_key: &[u8; 32], table: &Digest, slot: u32) -> Self {
        let slot = u64::from(slot & 0xF_FFFF);
        let check = hash("countermark/ref/1", &[log_key, table, &slot.to_be_bytes()]);
        let check = u64::from(u32::from_be_bytes([check[0], check[1], check[2], check[3]]) >> 12);
        Self(slot << 20 | check)
    }

    /// The number of the slot that the reference points to, below 2^20.
    #[must_use]
    pub fn slot(self) -> u32 {
        // Forty bits, shifted by twenty: the value is below 2^20.
        (self.0 >> 20) as u32
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = String::with_capacity(9);
        for place in 0..8 {
            if place == 4 {
                shown.push('-');
            }
            let symbol = (self.0 >> (35 - 5 * place)) & 31;
            shown.push(char::from(ALPHABET[symbol as usize]));
        }
        f.pad(&shown)
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reference({self})")
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    /// Reads what a person typed: any case, O for 0, I and L for 1, with dashes and spaces or without, with
    /// `Ref.` before it or without.
    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let typed: Vec<char> = text
            .trim()
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '.' | ':'))
            .collect();
        let symbols = match typed.as_slice() {
            ['R' | 'r', 'E' | 'e', 'F' | 'f', rest @ ..] if rest.len() == 8 => rest,
            all => all,
        };
        if symbols.len() != 8 {
            return Err(ReferenceError::Length { found: symbols.len() });
        }
        let mut value = 0;
        for (place, typed) in symbols.iter().enumerate() {
            let read = match typed.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let symbol = ALPHABET.iter().position(|c| char::from(*c) == read);
            let symbol = symbol.ok_or(ReferenceError::Symbol { place: place + 1 })?;
            value = value << 5 | symbol as u64;
        }
        Ok(Self(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read_back_however_it_was_typed() {
        for slot in [0, 1, 255, 0x7F_FFF, 0xF_FFFF] {
            let reference = Reference::of(&[3; 32], &[4; 32], slot);
            assert_eq!(reference.slot(), slot);
            let printed = reference.to_string();
            assert_eq!(printed.len(), 9);
            let typed = [
                printed.clone(),
                printed.to_lowercase(),
                printed.replace('-', ""),
                printed.replace('-', " "),
                printed.replace('0', "O").replace('1', "l"),
                printed.replace('0', "o").replace('1', "I"),
                format!("Ref. {printed}"),
                format!("  ref:{printed} "),
                printed.replace('-', "\u{2013}"),
            ];
            for text in typed {
                assert_eq!(text.parse(), Ok(reference), "{text:?}");
            }
        }
    }

    #[test]
    fn what_is_no_reference_is_refused() {
        let rows = [
            ("", ReferenceError::Length { found: 0 }),
            ("7F3K-92Q", ReferenceError::Length { found: 7 }),
            ("7F3K-92QDX", ReferenceError::Length { found: 9 }),
            ("7F3K-92QU", ReferenceError::Symbol { place: 8 }),
            ("7F3K_2QD", ReferenceError::Symbol { place: 5 }),
            ("é F3K92QD", ReferenceError::Symbol { place: 1 }),
        ];
        for (text, expected) in rows {
            assert_eq!(text.parse::<Reference>(), Err(expected), "{text:?}");
        }
        // R, E and F are symbols themselves.
        assert!("REF7-92QD".parse::<Reference>().is_ok());
    }

    #[test]
    fn another_key_or_table_gives_another_check() {
        let one = Reference::of(&[3; 32], &[4; 32], 9);
        assert_ne!(one, Reference::of(&[5; 32], &[4; 32], 9));
        assert_ne!(one, Reference::of(&[3; 32], &[5; 32], 9));
    }
}
