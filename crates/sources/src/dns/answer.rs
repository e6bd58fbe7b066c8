//! Questions and answers as they go over the wire (RFC 1035, section 4).

/// The records that are asked for, and those that lead to another name.
const TXT: u16 = 16;
const CNAME: u16 = 5;
const INTERNET: u16 = 1;

/// The longest name on the wire (section 2.3.4).
const LONGEST_NAME: usize = 255;

/// An answer holds no more records than this that are looked at.
const MOST_RECORDS: usize = 256;

/// What a server answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The name is another one's alias, which is to be asked for.
    Alias(Vec<u8>),
    /// The texts; none where there is no such record.
    Texts(Vec<Vec<u8>>),
}

/// Why it is no answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Its aliases turn in a circle.
    Aliases,
    /// It did not fit, and is asked for by TCP.
    Cut,
    /// It is damaged.
    Damaged,
    /// It answers something else.
    Foreign,
    /// The server says that it can't.
    Server(u8),
}

/// A name as labels with their lengths; none for what is no name.
pub(super) fn wire_name(name: &str) -> Option<Vec<u8>> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let mut wire = Vec::with_capacity(name.len() + 2);
    for label in name.split('.') {
        let fits = (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if !fits {
            return None;
        }
        wire.push(label.len() as u8);
        wire.extend(label.to_ascii_lowercase().bytes());
    }
    wire.push(0);
    (wire.len() <= LONGEST_NAME).then_some(wire)
}

/// A question for the texts of a name, recursion desired.
pub(super) fn question(id: [u8; 2], name: &[u8]) -> Vec<u8> {
    let mut question = vec![id[0], id[1], 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0];
    question.extend_from_slice(name);
    question.extend_from_slice(&TXT.to_be_bytes());
    question.extend_from_slice(&INTERNET.to_be_bytes());
    question
}

/// Whether these bytes answer this question: its number, and the question itself, the case of its letters aside.
pub(super) fn is_to(bytes: &[u8], question: &[u8]) -> bool {
    let Some(asked) = bytes.get(12..question.len()) else { return false };
    let is_answer = bytes[2] & 0x80 != 0 && bytes[2] & 0x78 == 0;
    bytes[..2] == question[..2] && is_answer && bytes[4..6] == [0, 1] && asked.eq_ignore_ascii_case(&question[12..])
}

/// Reads an answer.
pub(super) fn read(bytes: &[u8], question: &[u8]) -> Result<Answer, Refusal> {
    if !is_to(bytes, question) {
        return Err(Refusal::Foreign);
    }
    if bytes[2] & 0x02 != 0 {
        return Err(Refusal::Cut);
    }
    match bytes[3] & 0x0f {
        0 => {}
        // There is no such name.
        3 => return Ok(Answer::Texts(Vec::new())),
        code => return Err(Refusal::Server(code)),
    }
    let count = usize::from(u16::from_be_bytes([bytes[6], bytes[7]]));
    let records = records(bytes, question.len(), count).ok_or(Refusal::Damaged)?;
    let asked = question[12..question.len() - 4].to_vec();
    let mut name = asked.clone();
    for _ in 0..=records.len() {
        let own = || records.iter().filter(|record| record.name == name);
        let texts: Vec<_> = own().filter(|record| record.kind == TXT).map(|record| text(record.data)).collect();
        if !texts.is_empty() {
            return texts.into_iter().collect::<Option<_>>().map(Answer::Texts).ok_or(Refusal::Damaged);
        }
        match own().find(|record| record.kind == CNAME) {
            Some(alias) => name = name_at(bytes, alias.at).ok_or(Refusal::Damaged)?.0,
            None if name == asked => return Ok(Answer::Texts(Vec::new())),
            None => return Ok(Answer::Alias(name)),
        }
    }
    Err(Refusal::Aliases)
}

struct Record<'a> {
    name: Vec<u8>,
    kind: u16,
    data: &'a [u8],
    /// Where the data begin: a name in them may point back.
    at: usize,
}

fn records(bytes: &[u8], mut at: usize, count: usize) -> Option<Vec<Record<'_>>> {
    let mut records = Vec::new();
    for _ in 0..count.min(MOST_RECORDS) {
        let (name, end) = name_at(bytes, at)?;
        let head: &[u8; 10] = bytes.get(end..)?.first_chunk()?;
        let data = end + 10;
        at = data + usize::from(u16::from_be_bytes([head[8], head[9]]));
        let (kind, class) = (u16::from_be_bytes([head[0], head[1]]), u16::from_be_bytes([head[2], head[3]]));
        let record = Record { name, kind, data: bytes.get(data..at)?, at: data };
        if class == INTERNET {
            records.push(record);
        }
    }
    Some(records)
}

/// The name at a place, in lower case, and where it ends there. Pointers (section 4.1.4) lead back and only back, so that they end.
fn name_at(bytes: &[u8], at: usize) -> Option<(Vec<u8>, usize)> {
    let (mut name, mut here, mut end, mut limit) = (Vec::new(), at, None, at);
    loop {
        let length = *bytes.get(here)?;
        match length >> 6 {
            0 => {
                let label = bytes.get(here..here + 1 + usize::from(length))?;
                name.extend(label.to_ascii_lowercase());
                here += label.len();
                if name.len() > LONGEST_NAME {
                    return None;
                }
                if length == 0 {
                    return Some((name, end.unwrap_or(here)));
                }
            }
            3 => {
                let to = usize::from(u16::from_be_bytes([length & 0x3f, *bytes.get(here + 1)?]));
                end = end.or(Some(here + 2));
                if to >= limit {
                    return None;
                }
                (here, limit) = (to, to);
            }
            _ => return None,
        }
    }
}

/// The strings of a record, put together.
fn text(mut data: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    while let Some((length, rest)) = data.split_first() {
        let (string, rest) = rest.split_at_checked(usize::from(*length))?;
        text.extend_from_slice(string);
        data = rest;
    }
    Some(text)
}
