//! JSON from outside: bounded before it is built, and read without trusting a type.

use serde_json::Value;

use crate::Fault;

/// The most elements (commas and opening brackets, those in texts too) of an answer. A byte of JSON can cost seventy of memory;
/// the largest honest answers have some ten thousand.
const MOST_ELEMENTS: usize = 400_000;

/// Parses, or says what is wrong. Depth is limited by the parser itself, at 128.
pub(crate) fn read(bytes: &[u8]) -> Result<Value, Fault> {
    if bytes.iter().filter(|byte| matches!(byte, b',' | b'[' | b'{')).count() > MOST_ELEMENTS {
        return Err(Fault::Limit("elements"));
    }
    serde_json::from_slice(bytes).map_err(|_| Fault::Garbled("no JSON, cut short, or too deep"))
}

/// A field that is a text, and not an empty one.
pub(crate) fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str().filter(|text| !text.trim().is_empty())
}

/// A field that is a list; nothing where it is none.
pub(crate) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A field that is an object.
pub(crate) fn object<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    value.get(key).filter(|value| value.is_object())
}

/// The texts that are there, a line each.
pub(crate) fn lines<'a>(texts: impl IntoIterator<Item = Option<&'a str>>) -> String {
    texts.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_deep_too_wide_or_none_is_refused() {
        let deep = [b"[".repeat(5_000), b"]".repeat(5_000)].concat();
        assert!(matches!(read(&deep), Err(Fault::Garbled(_))));
        let open = b"{\"a\":".repeat(100_000);
        assert!(matches!(read(&open), Err(Fault::Garbled(_))));
        let wide = [b"[".as_slice(), &b"0,".repeat(MOST_ELEMENTS), b"0]"].concat();
        assert_eq!(read(&wide), Err(Fault::Limit("elements")));
        for garbage in [&b""[..], b"<html>", b"{\"a\":1", b"{\"a\":\"\xff\"}"] {
            assert!(matches!(read(garbage), Err(Fault::Garbled(_))));
        }
        assert!(read(b"{\"a\":[1,2,{}]}").is_ok());
    }

    #[test]
    fn a_field_of_another_type_is_no_field() {
        let value = read(br#"{"a": 1, "b": "", "c": "x", "d": [1], "e": {}}"#).expect("JSON");
        assert_eq!((text(&value, "a"), text(&value, "b"), text(&value, "c")), (None, None, Some("x")));
        assert_eq!((list(&value, "c").len(), list(&value, "d").len(), list(&value, "none").len()), (0, 1, 0));
        assert!(object(&value, "e").is_some() && object(&value, "d").is_none());
    }
}
