//! The one JSON form of bundles: RFC 8785 (JCS) over objects, arrays, strings, integers and booleans.
//!
//! The reader takes any JSON of these kinds, says exactly why it refuses the rest, and never recurses deeper than
//! [`limits::DEPTH`]. Whoever reads a bundle writes it again and compares, so there is one byte form.

use std::fmt;

use crate::limits;

/// A JSON value of the kinds that bundles use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Bool(bool),
    Integer(i64),
    String(String),
    Array(Vec<Value>),
    /// In the order of the file; keys differ.
    Object(Vec<(String, Value)>),
}

/// Why bytes are no JSON that a bundle may consist of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// A byte order mark stands before the text.
    Bom,
    /// A control character inside a string.
    Control,
    /// More than [`limits::DEPTH`] containers in one another.
    Depth,
    /// One object has a key twice.
    DuplicateKey,
    /// A backslash before something that JSON does not escape.
    Escape,
    /// A fraction, an exponent, a leading nought or minus nought.
    Float,
    /// An integer of 2^53 or more in magnitude.
    IntegerRange,
    /// `null`, which no bundle has: what is not there is left out.
    Null,
    /// Half a surrogate pair in `\u` escapes.
    Surrogate,
    /// Not JSON.
    Syntax,
    /// Something after the value's end.
    Trailing,
    /// The text ends within the value.
    Truncated,
    /// Not UTF-8.
    Utf8,
    /// More than [`limits::VALUES`] values.
    Values,
}

impl Fault {
    /// The fault's stable name, `json-` and a word.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Bom => "json-bom",
            Self::Control => "json-control",
            Self::Depth => "json-depth",
            Self::DuplicateKey => "json-duplicate-key",
            Self::Escape => "json-escape",
            Self::Float => "json-float",
            Self::IntegerRange => "json-integer-range",
            Self::Null => "json-null",
            Self::Surrogate => "json-surrogate",
            Self::Syntax => "json-syntax",
            Self::Trailing => "json-trailing",
            Self::Truncated => "json-truncated",
            Self::Utf8 => "json-utf8",
            Self::Values => "json-values",
        }
    }
}

/// A fault and the byte at which it shows.
pub(crate) type Refused = (Fault, usize);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bom => "starts with a byte order mark",
            Self::Control => "has a control character inside a string",
            Self::Depth => "is nested deeper than 8",
            Self::DuplicateKey => "has a key twice",
            Self::Escape => "has an escape that JSON does not know",
            Self::Float => "has a number that is no plain integer",
            Self::IntegerRange => "has an integer of 2^53 or more",
            Self::Null => "has a null",
            Self::Surrogate => "has half a surrogate pair",
            Self::Syntax => "is not JSON",
            Self::Trailing => "has something after its end",
            Self::Truncated => "ends too early",
            Self::Utf8 => "is not UTF-8",
            Self::Values => "holds more values than a bundle can have",
        })
    }
}

/// Reads one value that fills `bytes`.
pub(crate) fn read(bytes: &[u8]) -> Result<Value, Refused> {
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        return Err((Fault::Bom, 0));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| (Fault::Utf8, error.valid_up_to()))?;
    let mut reader = Reader { text, at: 0, values: 0 };
    reader.space();
    let value = reader.value(0)?;
    reader.space();
    if reader.at < text.len() {
        return Err((Fault::Trailing, reader.at));
    }
    Ok(value)
}

/// Writes a value in RFC 8785 form: no white space, keys in the order of their UTF-16 code units, the shortest escapes.
pub(crate) fn write(value: &Value) -> String {
    let mut out = String::new();
    put(value, &mut out);
    out
}

fn put(value: &Value, out: &mut String) {
    match value {
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Integer(value) => out.push_str(&value.to_string()),
        Value::String(value) => put_string(value, out),
        Value::Array(values) => {
            out.push('[');
            for (place, value) in values.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                put(value, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out.push('{');
            for (place, (key, value)) in sorted.into_iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                put_string(key, out);
                out.push(':');
                put(value, out);
            }
            out.push('}');
        }
    }
}

/// RFC 8785, section 3.2.2.2.
fn put_string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{C}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// Values begun so far: a file of nothing but tiny ones would fill the memory many times over.
    values: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn fault<T>(&self, fault: Fault) -> Result<T, Refused> {
        Err((fault, self.at))
    }

    /// A syntax error, or the end of the text where more was due.
    fn unexpected<T>(&self) -> Result<T, Refused> {
        self.fault(if self.at >= self.text.len() { Fault::Truncated } else { Fault::Syntax })
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self, depth: usize) -> Result<Value, Refused> {
        self.values += 1;
        if self.values > limits::VALUES {
            return self.fault(Fault::Values);
        }
        match self.peek() {
            Some(b'{' | b'[') if depth == limits::DEPTH => self.fault(Fault::Depth),
            Some(b'{') => self.object(depth + 1),
            Some(b'[') => self.array(depth + 1),
            Some(b'"') => Ok(Value::String(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.integer(),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') if self.text[self.at..].starts_with("null") => self.fault(Fault::Null),
            _ => self.unexpected(),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, Refused> {
        let rest = &self.text[self.at..];
        if rest.starts_with(word) {
            self.at += word.len();
            return Ok(value);
        }
        self.fault(if word.starts_with(rest) { Fault::Truncated } else { Fault::Syntax })
    }

    fn array(&mut self, depth: usize) -> Result<Value, Refused> {
        self.at += 1;
        let mut values = Vec::new();
        self.space();
        if self.take(b']') {
            return Ok(Value::Array(values));
        }
        loop {
            self.space();
            values.push(self.value(depth)?);
            self.space();
            if self.take(b']') {
                return Ok(Value::Array(values));
            }
            if !self.take(b',') {
                return self.unexpected();
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, Refused> {
        self.at += 1;
        let mut members: Vec<(String, Value)> = Vec::new();
        // A set beside the list, so that a bundle of a million keys is refused as quickly as it is read.
        let mut seen = std::collections::HashSet::new();
        self.space();
        if self.take(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            self.space();
            let start = self.at;
            if self.peek() != Some(b'"') {
                return self.unexpected();
            }
            let key = self.string()?;
            if !seen.insert(key.clone()) {
                return Err((Fault::DuplicateKey, start));
            }
            self.space();
            if !self.take(b':') {
                return self.unexpected();
            }
            self.space();
            let value = self.value(depth)?;
            members.push((key, value));
            self.space();
            if self.take(b'}') {
                return Ok(Value::Object(members));
            }
            if !self.take(b',') {
                return self.unexpected();
            }
        }
    }

    fn integer(&mut self) -> Result<Value, Refused> {
        let start = self.at;
        let negative = self.take(b'-');
        let digits = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        let (length, leads_with_nought) = (self.at - digits, self.text.as_bytes().get(digits) == Some(&b'0'));
        if length == 0 {
            return self.unexpected();
        }
        // RFC 8785 writes no "-0", and JSON no leading noughts; a bundle has no fractions and no exponents.
        let odd = (leads_with_nought && (length > 1 || negative)) || matches!(self.peek(), Some(b'.' | b'e' | b'E'));
        if odd {
            return Err((Fault::Float, start));
        }
        match self.text[start..self.at].parse::<i64>() {
            Ok(value) if value.unsigned_abs() < limits::INTEGER => Ok(Value::Integer(value)),
            _ => Err((Fault::IntegerRange, start)),
        }
    }

    fn string(&mut self) -> Result<String, Refused> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let plain = self.at;
            while !matches!(self.peek(), None | Some(b'"' | b'\\' | 0..=0x1F)) {
                self.at += 1;
            }
            // The loop stops only before ASCII bytes, which are character boundaries.
            out.push_str(&self.text[plain..self.at]);
            match self.peek() {
                None => return self.fault(Fault::Truncated),
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(_) => return self.fault(Fault::Control),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Refused> {
        let start = self.at;
        self.at += 1;
        let simple = match self.peek() {
            None => return self.fault(Fault::Truncated),
            Some(b'u') => return self.unicode(start),
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{C}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(_) => return Err((Fault::Escape, start)),
        };
        self.at += 1;
        Ok(simple)
    }

    fn unicode(&mut self, start: usize) -> Result<char, Refused> {
        let high = self.four_digits(start)?;
        if !(0xD800..0xE000).contains(&high) {
            return char::from_u32(high).ok_or((Fault::Surrogate, start));
        }
        if high >= 0xDC00 || !self.text[self.at..].starts_with("\\u") {
            return Err((Fault::Surrogate, start));
        }
        self.at += 1;
        let low = self.four_digits(start)?;
        if !(0xDC00..0xE000).contains(&low) {
            return Err((Fault::Surrogate, start));
        }
        char::from_u32(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00)).ok_or((Fault::Surrogate, start))
    }

    /// The number after a `u`, which is where the reader stands.
    fn four_digits(&mut self, start: usize) -> Result<u32, Refused> {
        self.at += 1;
        let mut value = 0;
        for _ in 0..4 {
            match self.peek().map(|byte| char::from(byte).to_digit(16)) {
                None => return self.fault(Fault::Truncated),
                Some(None) => return Err((Fault::Escape, start)),
                Some(Some(digit)) => value = value << 4 | digit,
            }
            self.at += 1;
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn faults_are_told_apart() {
        let deep = "[".repeat(1_000_000);
        let many = format!("[{}0]", "0,".repeat(limits::VALUES));
        let rows: &[(&[u8], Fault, usize)] = &[
            (b"", Fault::Truncated, 0),
            (b"{", Fault::Truncated, 1),
            (b"{\"a\"", Fault::Truncated, 4),
            (b"\"a", Fault::Truncated, 2),
            (b"\"\\", Fault::Truncated, 2),
            (b"\"\\u00", Fault::Truncated, 5),
            (b"tru", Fault::Truncated, 0),
            (b"-", Fault::Truncated, 1),
            (b"trux", Fault::Syntax, 0),
            (b"{a:1}", Fault::Syntax, 1),
            (b"{\"a\":1,}", Fault::Syntax, 7),
            (b"[1,]", Fault::Syntax, 3),
            (b"[1 2]", Fault::Syntax, 3),
            (b"{\"a\" 1}", Fault::Syntax, 5),
            (b"'a'", Fault::Syntax, 0),
            (b"NaN", Fault::Syntax, 0),
            (b"+1", Fault::Syntax, 0),
            (b"-x", Fault::Syntax, 1),
            (b"null", Fault::Null, 0),
            (b"\xEF\xBB\xBF1", Fault::Bom, 0),
            (b"\xFF", Fault::Utf8, 0),
            (b"\"\xED\xA0\x80\"", Fault::Utf8, 1),
            (b"1 1", Fault::Trailing, 2),
            (b"{}{}", Fault::Trailing, 2),
            (b"[1]\0", Fault::Trailing, 3),
            (b"{\"a\":1,\"a\":1}", Fault::DuplicateKey, 7),
            (b"{\"a\":1,\"\\u0061\":1}", Fault::DuplicateKey, 7),
            (b"1.0", Fault::Float, 0),
            (b"1e3", Fault::Float, 0),
            (b"1E3", Fault::Float, 0),
            (b"-0", Fault::Float, 0),
            (b"01", Fault::Float, 0),
            (b"9007199254740992", Fault::IntegerRange, 0),
            (b"-9007199254740992", Fault::IntegerRange, 0),
            (b"99999999999999999999999999", Fault::IntegerRange, 0),
            (b"\"\n\"", Fault::Control, 1),
            (b"\"\\x\"", Fault::Escape, 1),
            (b"\"\\u00g0\"", Fault::Escape, 1),
            (b"\"\\uD800\"", Fault::Surrogate, 1),
            (b"\"\\uDC00\"", Fault::Surrogate, 1),
            (b"\"\\uD800\\u0041\"", Fault::Surrogate, 1),
            (b"\"\\uD800x\"", Fault::Surrogate, 1),
            (b"[[[[[[[[[1]]]]]]]]]", Fault::Depth, 8),
            (deep.as_bytes(), Fault::Depth, 8),
            (many.as_bytes(), Fault::Values, 2 * limits::VALUES - 1),
        ];
        for (bytes, fault, at) in rows {
            let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(30)]);
            assert_eq!(read(bytes), Err((*fault, *at)), "{shown:?}");
        }
    }

    #[test]
    fn what_is_read_is_written_in_one_form() {
        let rows = [
            (" { \"b\" : 1 , \"a\" : [ ] } ", "{\"a\":[],\"b\":1}"),
            ("\"\\u0041\\/\\u000a\\u001F\\uD83D\\uDE00\"", "\"A/\\n\\u001f\u{1F600}\""),
            ("{\"~\":1,\"a\":true,\"\u{E9}\":false}", "{\"a\":true,\"~\":1,\"\u{E9}\":false}"),
            // RFC 8785 sorts by UTF-16 code units: an emoji (D83D) stands before U+FB33.
            ("{\"\u{FB33}\":1,\"\u{1F600}\":2}", "{\"\u{1F600}\":2,\"\u{FB33}\":1}"),
            ("[0,-1,9007199254740991]", "[0,-1,9007199254740991]"),
            ("\"\\b\\f\\r\\t\\\"\\\\\u{7F}\u{2028}\"", "\"\\b\\f\\r\\t\\\"\\\\\u{7F}\u{2028}\""),
            ("[[[[[[[[]]]]]]]]", "[[[[[[[[]]]]]]]]"),
        ];
        for (text, expected) in rows {
            let value = read(text.as_bytes()).expect(text);
            assert_eq!(write(&value), expected);
        }
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::Bool),
            (-(1_i64 << 53) + 1..1 << 53).prop_map(Value::Integer),
            any::<String>().prop_map(Value::String),
        ];
        leaf.prop_recursive(4, 30, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
                prop::collection::btree_map(any::<String>(), inner, 0..5)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn written_values_are_read_back(value in values()) {
            let text = write(&value);
            let read_back = read(text.as_bytes()).expect("its own form");
            prop_assert_eq!(write(&read_back), text.clone());
            // The judge: another reader agrees about what was written.
            let judged: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            prop_assert_eq!(judged, serde_json::from_str::<serde_json::Value>(&write(&read_back)).expect("JSON"));
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = read(&bytes);
        }

        #[test]
        fn what_is_read_another_reader_reads_too(text in "[\\[\\]{}\":,0-9a-f\\\\u.e-]{0,24}") {
            if read(text.as_bytes()).is_ok() {
                prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
            }
        }
    }
}
