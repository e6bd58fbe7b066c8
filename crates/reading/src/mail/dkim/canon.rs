//! The two canonical forms of header and body (RFC 6376, section 3.4). Lines end with CR LF here.

/// Which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Canon {
    Relaxed,
    Simple,
}

/// A header field as it stands, folding and line end included.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field<'a>(&'a [u8]);

impl<'a> Field<'a> {
    /// Whether it has this name, which is given in lower case.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name().eq_ignore_ascii_case(name.as_bytes())
    }

    fn name(&self) -> &'a [u8] {
        let end = self.0.iter().position(|byte| *byte == b':').unwrap_or(0);
        self.0[..end].trim_ascii_end()
    }

    /// What stands behind the colon.
    pub(super) fn value(&self) -> &'a [u8] {
        let colon = self.0.iter().position(|byte| *byte == b':').map_or(self.0.len(), |at| at + 1);
        &self.0[colon..]
    }
}

/// Header fields, and the body.
pub(super) fn split(message: &[u8]) -> (Vec<Field<'_>>, &[u8]) {
    let mut fields = Vec::new();
    let (mut at, mut begun) = (0, 0);
    while at < message.len() {
        let end = message[at..].iter().position(|byte| *byte == b'\n').map_or(message.len(), |end| at + end + 1);
        let line = &message[at..end];
        let empty = line == b"\r\n";
        if (empty || !line.starts_with(b" ") && !line.starts_with(b"\t")) && at > begun {
            fields.push(Field(&message[begun..at]));
            begun = at;
        }
        if empty {
            return (fields, &message[end..]);
        }
        at = end;
    }
    if begun < message.len() {
        fields.push(Field(&message[begun..]));
    }
    (fields, b"")
}

/// What the header's signature is over: the fields of `names`, of several of one name the lowest first, and the signature's own field
/// without its value of `b=` (RFC 6376, sections 3.7 and 5.4.2).
pub(super) fn signed(fields: &[Field<'_>], names: &[String], own: &Field<'_>, canon: Canon) -> Vec<u8> {
    let mut out = Vec::new();
    let mut taken = vec![false; fields.len()];
    for name in names {
        // A name for which no field is left stands for one that is not there, and adds nothing.
        let found = fields.iter().zip(&taken).rposition(|(field, taken)| !taken && field.is(name));
        if let Some(found) = found {
            taken[found] = true;
            canon.field(fields[found].0, &mut out);
        }
    }
    let mut last = Vec::new();
    canon.field(&without_signature(own.0), &mut last);
    out.extend_from_slice(last.strip_suffix(b"\r\n").unwrap_or(&last));
    out
}

/// The field with nothing behind `b=`.
fn without_signature(field: &[u8]) -> Vec<u8> {
    let colon = field.iter().position(|byte| *byte == b':').map_or(0, |at| at + 1);
    let mut out = field[..colon].to_vec();
    let mut pieces = field[colon..].split(|byte| *byte == b';').peekable();
    while let Some(piece) = pieces.next() {
        let equals = piece.iter().position(|byte| *byte == b'=');
        match equals.filter(|at| piece[..*at].trim_ascii() == b"b") {
            Some(at) => {
                out.extend_from_slice(&piece[..=at]);
                // The line end of the field is no part of the value.
                if pieces.peek().is_none() {
                    out.extend_from_slice(b"\r\n");
                }
            }
            None => out.extend_from_slice(piece),
        }
        if pieces.peek().is_some() {
            out.push(b';');
        }
    }
    out
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

impl Canon {
    pub(super) fn of(name: &str) -> Option<Self> {
        match name {
            "relaxed" => Some(Self::Relaxed),
            "simple" => Some(Self::Simple),
            _ => None,
        }
    }

    fn field(self, field: &[u8], out: &mut Vec<u8>) {
        if self == Self::Simple {
            out.extend_from_slice(field);
            return;
        }
        let field = Field(field);
        out.extend(field.name().to_ascii_lowercase());
        out.push(b':');
        let unfolded: Vec<u8> = field.value().iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
        squeeze(unfolded.trim_ascii(), out);
        out.extend_from_slice(b"\r\n");
    }

    /// The body in this form.
    pub(super) fn body(self, body: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(body.len() + 2);
        for line in body.split_inclusive(|byte| *byte == b'\n') {
            let (text, end) = match line.strip_suffix(b"\r\n") {
                Some(text) => (text, &b"\r\n"[..]),
                None => (line, &b""[..]),
            };
            match self {
                Self::Simple => out.extend_from_slice(text),
                Self::Relaxed => {
                    let last = text.iter().rposition(|byte| !is_space(*byte)).map_or(0, |at| at + 1);
                    squeeze(&text[..last], &mut out);
                }
            }
            out.extend_from_slice(end);
        }
        // Empty lines at the end don't count; a last line without its end gets one.
        let mut last = out.len();
        while out[..last].ends_with(b"\r\n") {
            last -= 2;
        }
        out.truncate(last);
        if last > 0 || self == Self::Simple {
            out.extend_from_slice(b"\r\n");
        }
        out
    }
}

/// White space within a line is one space.
fn squeeze(text: &[u8], out: &mut Vec<u8>) {
    let mut space = false;
    for &byte in text {
        if is_space(byte) {
            space = true;
            continue;
        }
        if std::mem::take(&mut space) {
            out.push(b' ');
        }
        out.push(byte);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of RFC 6376, section 3.4.5.
    #[test]
    fn examples_of_the_rfc() {
        let message = b"A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n";
        let (fields, body) = split(message);
        assert_eq!(fields.len(), 2);
        let header = |canon: Canon| {
            let mut out = Vec::new();
            fields.iter().for_each(|field| canon.field(field.0, &mut out));
            out
        };
        assert_eq!(header(Canon::Relaxed), b"a:X\r\nb:Y Z\r\n");
        assert_eq!(header(Canon::Simple), b"A: X\r\nB : Y\t\r\n\tZ  \r\n");
        assert_eq!(Canon::Relaxed.body(body), b" C\r\nD E\r\n");
        assert_eq!(Canon::Simple.body(body), b" C \r\nD \t E\r\n");
    }

    #[test]
    fn bodies_at_the_edge() {
        for (body, relaxed, simple) in [
            (&b""[..], &b""[..], &b"\r\n"[..]),
            (b"\r\n\r\n", b"", b"\r\n"),
            (b"x", b"x\r\n", b"x\r\n"),
            (b" \t\r\n", b"", b" \t\r\n"),
            (b"x \r\n \r\n", b"x\r\n", b"x \r\n \r\n"),
        ] {
            assert_eq!(Canon::Relaxed.body(body), relaxed, "{body:?}");
            assert_eq!(Canon::Simple.body(body), simple, "{body:?}");
        }
    }

    #[test]
    fn the_signature_is_left_out() {
        for (field, without) in [
            (&b"S: a=1; b=xy\r\n z; c=2\r\n"[..], &b"S: a=1; b=; c=2\r\n"[..]),
            (b"S: bh=q; b = xy\r\n", b"S: bh=q; b =\r\n"),
            (b"S: b=x;\r\n", b"S: b=;\r\n"),
        ] {
            assert_eq!(without_signature(field), without);
        }
    }
}
