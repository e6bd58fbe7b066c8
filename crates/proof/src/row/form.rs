//! A row in a bundle's JSON.

use super::{Approval, Look, Name, Row, RowPart};
use crate::bundle::{base64, hashes, hex, integer, object, string};
use crate::json::Value;
use crate::limits;
use crate::report::Reason;
use crate::shape::{Fields, bytes, integer_of, shape, text};

/// The row's value.
pub(crate) fn write(row: &Row) -> Value {
    let look = object(vec![("k", integer(row.look.k.into())), ("messages", integer(row.look.messages.into()))]);
    let mut members = vec![
        ("copy", integer(row.copy.into())),
        ("look", look),
        ("parts", Value::Array(row.parts.iter().map(write_part).collect())),
        ("published", string(&row.published)),
    ];
    members.extend(row.name.as_ref().map(|name| ("name", write_name(name))));
    object(members)
}

fn write_part(part: &RowPart) -> Value {
    let integers = |values: Vec<u64>| Value::Array(values.into_iter().map(integer).collect());
    object(vec![
        ("part", integer(part.part as u64)),
        ("sites", integers(part.sites.iter().map(|site| u64::from(*site)).collect())),
        ("sites_salt", base64(&part.sites_salt)),
        ("source", string(&part.source)),
        ("source_salt", base64(&part.source_salt)),
        ("symbols", integers(part.symbols.iter().map(|symbol| u64::from(*symbol)).collect())),
        ("symbols_salt", base64(&part.symbols_salt)),
    ])
}

fn write_name(name: &Name) -> Value {
    let approvals = name.approvals.iter().map(|approval| {
        let approver = integer(approval.approver.into());
        object(vec![("approver", approver), ("signature", base64(&approval.signature))])
    });
    object(vec![
        ("approvals", Value::Array(approvals.collect())),
        ("case", string(&hex(&name.case))),
        ("keys", hashes(&name.keys)),
        ("keys_salt", base64(&name.keys_salt)),
        ("reason", string(&name.reason)),
        ("recipient", string(&name.recipient)),
        ("salt", base64(&name.salt)),
        ("statement", string(&name.statement)),
    ])
}

/// Reads a row: each field there, of its kind, within its limits.
pub(crate) fn read(value: Value) -> Result<Row, Reason> {
    let mut fields = Fields::of(value, "row")?;
    let parts = fields.array("parts")?;
    if parts.len() > limits::PARTS {
        return Err(shape("parts"));
    }
    let row = Row {
        copy: counted(fields.small("copy")?, "copy")?,
        look: read_look(fields.object("look")?)?,
        parts: parts.into_iter().map(read_part).collect::<Result<_, _>>()?,
        published: text(fields.take("published")?, "published", limits::PUBLISHED_BYTES)?,
        name: fields.optional("name").map(read_name).transpose()?,
    };
    fields.end()?;
    if row.parts.iter().map(|part| part.sites.len()).sum::<usize>() > limits::SITES {
        return Err(shape("sites"));
    }
    Ok(row)
}

fn read_look(mut fields: Fields) -> Result<Look, Reason> {
    let look = Look { k: counted(fields.small("k")?, "k")?, messages: counted(fields.small("messages")?, "messages")? };
    fields.end()?;
    Ok(look)
}

/// A number that counts from 1.
fn counted(number: u32, field: &'static str) -> Result<u32, Reason> {
    if number == 0 { Err(shape(field)) } else { Ok(number) }
}

fn read_part(value: Value) -> Result<RowPart, Reason> {
    let mut fields = Fields::of(value, "parts")?;
    let part = RowPart {
        part: counted(fields.small("part")?, "part")? as usize,
        source: text(fields.take("source")?, "source", limits::ROW_SOURCE_BYTES)?,
        source_salt: fields.digest("source_salt")?,
        sites: below(fields.array("sites")?, "sites", limits::SITES as u64)?,
        sites_salt: fields.digest("sites_salt")?,
        symbols: below(fields.array("symbols")?, "symbols", limits::ALTERNATIVES.into())?,
        symbols_salt: fields.digest("symbols_salt")?,
    };
    fields.end()?;
    Ok(part)
}

/// At most 4,096 integers, each below a limit that its type holds.
fn below<T: TryFrom<u64>>(values: Vec<Value>, field: &'static str, limit: u64) -> Result<Vec<T>, Reason> {
    if values.len() > limits::SITES {
        return Err(shape(field));
    }
    let small = |value| integer_of(value).filter(|number| *number < limit).and_then(|number| T::try_from(number).ok());
    values.into_iter().map(small).collect::<Option<_>>().ok_or(shape(field))
}

fn read_name(value: Value) -> Result<Name, Reason> {
    let mut fields = Fields::of(value, "name")?;
    let approvals = fields.array("approvals")?;
    let name = Name {
        keys: fields.hashes("keys", limits::APPROVERS)?,
        keys_salt: fields.digest("keys_salt")?,
        recipient: text(fields.take("recipient")?, "recipient", limits::RECIPIENT_BYTES)?,
        salt: fields.digest("salt")?,
        case: fields.hex("case")?,
        statement: text(fields.take("statement")?, "statement", limits::WORDS_BYTES)?,
        reason: text(fields.take("reason")?, "reason", limits::REASON_BYTES)?,
        approvals: approvals.into_iter().map(read_approval).collect::<Result<_, _>>()?,
    };
    fields.end()?;
    let empty =
        [(name.recipient.is_empty(), "recipient"), (name.reason.is_empty(), "reason"), (name.keys.len() < 2, "keys")];
    match empty.into_iter().find(|(empty, _)| *empty) {
        Some((_, field)) => Err(shape(field)),
        None => Ok(name),
    }
}

fn read_approval(value: Value) -> Result<Approval, Reason> {
    let mut fields = Fields::of(value, "approvals")?;
    let approval = Approval {
        approver: u8::try_from(fields.small("approver")?).map_err(|_| shape("approver"))?,
        signature: bytes(fields.take("signature")?, "signature", 64)?.try_into().map_err(|_| shape("signature"))?,
    };
    fields.end()?;
    Ok(approval)
}
