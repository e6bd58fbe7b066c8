//! One-time codes (TOTP, RFC 6238: SHA-1, six digits, 30 seconds: what every program for them takes).

use subtle::ConstantTimeEq;
use totp_rs::{Algorithm, TOTP};

/// How long a code holds, in seconds.
const STEP: u64 = 30;

/// The codes of a secret, for this person.
fn codes(secret: &[u8; 20], name: &str) -> Option<TOTP> {
    // A colon would end the issuer in the address (otpauth), which refuses it.
    let account = name.replace(':', " ");
    TOTP::new(Algorithm::SHA1, 6, 1, STEP, secret.to_vec(), Some("Countermark".to_owned()), account).ok()
}

/// The time step of which a code is: the current one, the one before, or the one after. Digits may have spaces between them.
pub(crate) fn step_of(secret: &[u8; 20], code: &str, now: u64) -> Option<u64> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let codes = codes(secret, "")?;
    let current = now / STEP;
    let mut found = None;
    // All three are compared, so that the answer takes the same time.
    for step in [current.saturating_sub(1), current, current + 1] {
        let right = codes.generate(step * STEP);
        if bool::from(right.as_bytes().ct_eq(digits.as_bytes())) {
            found = Some(step);
        }
    }
    found
}

/// The address that programs for one-time codes read, `otpauth://totp/...`.
pub(crate) fn address(secret: &[u8; 20], name: &str) -> Option<String> {
    Some(codes(secret, name)?.get_url())
}

/// The secret as it is typed, in groups of four.
pub(crate) fn typed(secret: &[u8; 20]) -> String {
    let whole = codes(secret, "").map(|codes| codes.get_secret_base32()).unwrap_or_default();
    let groups: Vec<&str> = (0..whole.len()).step_by(4).map(|at| &whole[at..(at + 4).min(whole.len())]).collect();
    groups.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, the last six of its eight digits.
    const SECRET: &[u8; 20] = b"12345678901234567890";

    #[test]
    fn the_vectors_of_the_specification() {
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(step_of(SECRET, code, time), Some(time / 30));
        }
    }

    #[test]
    fn a_step_before_and_after() {
        let now = 1_111_111_109;
        for (time, step) in [(now - 60, None), (now - 30, Some(now / 30)), (now + 30, Some(now / 30)), (now + 60, None)]
        {
            assert_eq!(step_of(SECRET, "081804", time), step, "{time}");
        }
        assert_eq!(step_of(SECRET, " 081 804 ", now), Some(now / 30));
        for bad in ["", "0", "081805", "0818040", "８１８０４０", "-81804"] {
            assert_eq!(step_of(SECRET, bad, now), None, "{bad}");
        }
        assert_eq!(step_of(SECRET, "755224", 0), Some(0));
    }

    #[test]
    fn what_is_photographed_and_typed() {
        let address = address(SECRET, "Ines: <b>Almada").unwrap();
        assert!(address.starts_with("otpauth://totp/Countermark:Ines"), "{address}");
        assert!(address.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ") && address.contains("issuer=Countermark"));
        assert!(!address.contains('<') && !address.contains(' '));
        assert_eq!(typed(SECRET), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    }
}
