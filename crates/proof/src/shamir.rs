//! Shamir's secret sharing, two of m, byte by byte over GF(2^8).
//!
//! A secret byte `s` becomes the line `s + a x` with one random `a`; approver `x` (1 to 255) holds its value there.
//! Two points give the line back, one says nothing: for every possible secret exactly one `a` fits it.
//! The field is that of AES: polynomials over GF(2) modulo x^8 + x^4 + x^3 + x + 1 (FIPS 197, section 4.2).

use zeroize::{Zeroize, ZeroizeOnDrop};

/// One approver's share of one 32-byte secret.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Share {
    /// The approver's place among the approvers, from 1.
    #[zeroize(skip)]
    pub place: u8,
    /// The values of the 32 lines at `place`.
    pub values: [u8; 32],
}

impl std::fmt::Debug for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Share").field("place", &self.place).finish_non_exhaustive()
    }
}

/// The share of approver `place` (1 to 255; 0 would be the secret itself and gives nothing).
///
/// `slope` must be 32 fresh random bytes for each secret, the same for all of its shares, and forgotten afterwards.
#[must_use]
pub fn share(secret: &[u8; 32], slope: &[u8; 32], place: u8) -> Option<Share> {
    if place == 0 {
        return None;
    }
    let mut values = [0; 32];
    for (value, (secret, slope)) in values.iter_mut().zip(secret.iter().zip(slope)) {
        *value = secret ^ multiply(*slope, place);
    }
    Some(Share { place, values })
}

/// The secret of two shares, or nothing when they are of the same approver (or of none).
///
/// Two shares of different secrets give a wrong secret and no error: whether it is right shows where it is used.
#[must_use]
pub fn combine(one: &Share, other: &Share) -> Option<[u8; 32]> {
    if one.place == other.place || one.place == 0 || other.place == 0 {
        return None;
    }
    // Lagrange at 0: y1 * x2 / (x1 + x2) + y2 * x1 / (x1 + x2); subtraction is addition here.
    let inverse = invert(one.place ^ other.place);
    let (weight, weight_other) = (multiply(other.place, inverse), multiply(one.place, inverse));
    let mut secret = [0; 32];
    for (byte, (y, y_other)) in secret.iter_mut().zip(one.values.iter().zip(&other.values)) {
        *byte = multiply(*y, weight) ^ multiply(*y_other, weight_other);
    }
    Some(secret)
}

/// The product in GF(2^8), without branches or tables that depend on the factors, which are secret.
fn multiply(a: u8, b: u8) -> u8 {
    let (mut a, mut product) = (a, 0);
    for bit in 0..8 {
        product ^= a & 0_u8.wrapping_sub((b >> bit) & 1);
        a = (a << 1) ^ (0x1B & 0_u8.wrapping_sub(a >> 7));
    }
    product
}

/// The inverse, `a^254`; of 0 it is 0.
fn invert(a: u8) -> u8 {
    let mut power = a;
    let mut result = 1;
    // 254 is 0b1111_1110.
    for _ in 0..7 {
        power = multiply(power, power);
        result = multiply(result, power);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Long multiplication of polynomials and long division by the modulus.
    fn plain_product(a: u8, b: u8) -> u8 {
        let mut product = 0_u16;
        for bit in 0..8 {
            if b >> bit & 1 == 1 {
                product ^= u16::from(a) << bit;
            }
        }
        for bit in (8..16).rev() {
            if product >> bit & 1 == 1 {
                product ^= 0x11B << (bit - 8);
            }
        }
        u8::try_from(product).expect("reduced below 256")
    }

    #[test]
    fn the_field_is_that_of_aes() {
        assert_eq!(multiply(0x57, 0x83), 0xC1); // FIPS 197, section 4.2
        assert_eq!(multiply(0x57, 0x13), 0xFE);
        for a in 0..=255 {
            for b in 0..=255 {
                assert_eq!(multiply(a, b), plain_product(a, b), "{a} * {b}");
            }
            assert_eq!(multiply(a, invert(a)), u8::from(a != 0));
        }
    }

    #[test]
    fn any_two_of_five_give_the_secret_back() {
        let secret: [u8; 32] = std::array::from_fn(|i| (i * 37 + 5) as u8);
        let slope: [u8; 32] = std::array::from_fn(|i| (i * 91 + 17) as u8);
        let shares: Vec<_> = [1, 2, 3, 200, 255].iter().filter_map(|place| share(&secret, &slope, *place)).collect();
        for one in &shares {
            for other in &shares {
                let expected = (one.place != other.place).then_some(secret);
                assert_eq!(combine(one, other), expected);
            }
        }
    }

    #[test]
    fn one_share_fits_every_secret() {
        // For each possible secret byte there is exactly one slope that gives the seen value.
        let (place, seen) = (3, 0x5A);
        for secret in 0..=255_u8 {
            let fitting = (0..=255_u8).filter(|slope| secret ^ multiply(*slope, place) == seen).count();
            assert_eq!(fitting, 1);
        }
    }

    #[test]
    fn place_nought_is_nobody() {
        assert!(share(&[1; 32], &[2; 32], 0).is_none());
        let one = share(&[1; 32], &[2; 32], 1).expect("place 1");
        assert_eq!(combine(&one, &Share { place: 0, values: [0; 32] }), None);
    }
}
