//! What may not be shown: a token or a key of a service.

use std::fmt;

use zeroize::Zeroizing;

use crate::bytes::replace;

/// What stands where a secret stood.
pub(crate) const PLACE: &str = "[secret]";

/// Short enough to occur by chance would be struck out of answers where it is not meant.
const SHORTEST: usize = 8;

/// A token or key of a service. It is wiped when dropped and never shown.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The secret in a credentials file: its first line that is not empty, without white space around it. `None` when it has
    /// fewer than 8 characters or any that is not printable ASCII, so that it can't break a header.
    #[must_use]
    pub fn read(text: &str) -> Option<Secret> {
        let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
        (line.len() >= SHORTEST && line.bytes().all(|byte| byte.is_ascii_graphic()))
            .then(|| Secret(Zeroizing::new(line.to_owned())))
    }

    /// The secret itself: for a request, and nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// As it stands in an address: everything but unreserved characters (RFC 3986, section 2.3) and `:` percent-encoded. Bot
    /// tokens hold a colon, and their service wants it as it is.
    pub(crate) fn encoded(&self) -> Zeroizing<String> {
        let mut encoded = Zeroizing::new(String::with_capacity(self.0.len() * 3));
        for byte in self.0.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte) {
                encoded.push(char::from(byte));
            } else {
                encoded.push_str(&format!("%{byte:02X}"));
            }
        }
        encoded
    }

    /// The bytes with `[secret]` wherever it stood, as it is or encoded.
    pub(crate) fn strike(&self, bytes: Vec<u8>) -> Vec<u8> {
        let bytes = replace(bytes, self.0.as_bytes(), PLACE.as_bytes());
        let encoded = self.encoded();
        if encoded.as_bytes() == self.0.as_bytes() {
            return bytes;
        }
        replace(bytes, encoded.as_bytes(), PLACE.as_bytes())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PLACE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_stand_in_a_header_is_a_secret() {
        assert_eq!(Secret::read("\n  1234:abcdefg \nsecond").unwrap().expose(), "1234:abcdefg");
        for bad in ["", "short", "with space", "línea-larga", "12345678\u{7f}"] {
            assert!(Secret::read(bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn it_is_struck_out_as_it_is_and_encoded() {
        let secret = Secret::read("12:ab/cd+ef").unwrap();
        assert_eq!(&*secret.encoded(), "12:ab%2Fcd%2Bef");
        let struck = secret.strike(b"GET /bot12:ab%2Fcd%2Bef\r\nX: 12:ab/cd+ef\r\n".to_vec());
        assert_eq!(struck, b"GET /bot[secret]\r\nX: [secret]\r\n");
        assert_eq!(format!("{secret:?}"), "[secret]");
    }
}
