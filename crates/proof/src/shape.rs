//! A bundle's fields, read from JSON: each there, of its kind, within its limits, and none besides.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countermark_tlog::note::{SignatureType, VerifierKey};
use countermark_tlog::proof::Proof;

use crate::bundle::{Bundle, Capture, FORMAT, FORMAT_WITH_ROW, HASH_KEY, LoggedCapture, form_hash, format};
use crate::hash::Digest;
use crate::json::{self, Value};
use crate::limits;
use crate::opening::{Opening, PartOpening, SlotOpening};
use crate::report::Reason;
use crate::row;
use crate::sealing::{LengthClass, MessageId};
use crate::settings::{LogId, Rules, Settings, Written};
use crate::table::{Slot, TableSize};

impl Bundle {
    /// Reads a bundle: form, hash and fields. Whether it proves anything is [`verify`](crate::verify).
    ///
    /// # Errors
    /// The [`Reason`] why the bytes are no bundle.
    pub fn parse(bytes: &[u8]) -> Result<Self, Reason> {
        if bytes.len() > limits::BUNDLE_BYTES {
            return Err(Reason::TooLarge { bytes: bytes.len() });
        }
        let value = json::read(bytes).map_err(|(fault, at)| Reason::Json { fault, at })?;
        let Value::Object(members) = value else { return Err(Reason::Format) };
        let row = match members.iter().find(|(key, _)| key == "format") {
            Some((_, Value::String(name))) if name == FORMAT => false,
            Some((_, Value::String(name))) if name == FORMAT_WITH_ROW => true,
            _ => return Err(Reason::Format),
        };
        let value = Value::Object(members);
        if json::write(&value).as_bytes() != bytes {
            return Err(Reason::NotCanonical);
        }
        let Value::Object(mut members) = value else { return Err(Reason::Format) };
        let place = members.iter().position(|(key, _)| key == HASH_KEY).ok_or(shape(HASH_KEY))?;
        let (_, stated) = members.remove(place);
        let whole = Value::Object(members);
        if digest(stated, HASH_KEY)? != form_hash(format(row).0, &json::write(&whole)) {
            return Err(Reason::Hash);
        }
        read(Fields::of(whole, "bundle")?, row)
    }
}

fn read(mut fields: Fields, row: bool) -> Result<Bundle, Reason> {
    fields.string("format")?;
    if fields.integer("explanations")? != u64::from(format(row).1) {
        return Err(Reason::Explanations);
    }
    let log = log_key(&fields.string("log")?)?;
    let settings = fields.object("settings")?;
    let time = fields.object("time")?;
    let (settings, settings_salt) = read_settings(settings, &log)?;
    let (written, written_salt) = read_time(time)?;
    let opening = Opening {
        message: MessageId(fields.hex("message")?),
        settings,
        settings_salt,
        written,
        written_salt,
        parts: read_parts(fields.array("parts")?)?,
        rest: fields.hashes("rest", if row { limits::ROW_REST } else { limits::PROOF_HASHES })?,
    };
    let bundle = Bundle {
        log,
        opening,
        commitment: fields.digest("commitment")?,
        slot: read_slot(fields.object("slot")?, fields.object("table")?)?,
        proof: proof(&fields.string("proof")?, "proof")?,
        token: fields.optional("token").map(|value| bytes(value, "token", limits::TOKEN_BYTES)).transpose()?,
        capture: fields.optional("capture").map(read_capture).transpose()?,
        row: if row { Some(row::form::read(fields.take("row")?)?) } else { None },
        words: fields.optional("words").map(|value| text(value, "words", limits::WORDS_BYTES)).transpose()?,
    };
    fields.end()?;
    if bundle.opening.pieces().layout.count() > limits::PIECES {
        return Err(Reason::Settings);
    }
    if row && bundle.capture.is_none() {
        return Err(shape("capture"));
    }
    Ok(bundle)
}

/// The log's key, in the one form that a verifier key has, and of the one kind that signs our checkpoints.
fn log_key(text: &str) -> Result<VerifierKey, Reason> {
    let key: VerifierKey = text.parse().map_err(|_| Reason::LogKey)?;
    if key.signature_type() == SignatureType::Ed25519 && key.to_string() == text {
        Ok(key)
    } else {
        Err(Reason::LogKey)
    }
}

/// The Ed25519 public key of a log's verifier key.
pub(crate) fn public_key(log: &VerifierKey) -> Result<[u8; 32], Reason> {
    log.public().try_into().map_err(|_| Reason::LogKey)
}

fn read_settings(mut fields: Fields, log: &VerifierKey) -> Result<(Settings, Digest), Reason> {
    let settings = Settings {
        log: LogId { origin: log.name().to_string(), key: public_key(log)? },
        rules: Rules {
            version: fields.small("rules")?,
            bias: fields.string("bias")?,
            coalition: fields.small("coalition")?,
            eta_thousandths: fields.small("eta")?,
            spending: fields.string("spending")?,
        },
        epsilon: fields.integer("epsilon")?,
        copies: fields.small("copies")?,
        file_copies: fields.small("file_copies")?,
        texts: fields.string("texts")?,
        marked_line: fields.boolean("marked_line")?,
    };
    let salt = fields.digest("salt")?;
    fields.end()?;
    settings.check().map_err(|_| Reason::Settings)?;
    Ok((settings, salt))
}

fn read_time(mut fields: Fields) -> Result<(Written, Digest), Reason> {
    let after = fields.optional("after").map(|value| text(value, "after", limits::CHECKPOINT_BYTES)).transpose()?;
    let written = Written { at: fields.integer("at")?, sealed_after: after };
    let salt = fields.digest("salt")?;
    fields.end()?;
    written.check().map_err(|_| Reason::Settings)?;
    Ok((written, salt))
}

fn read_parts(values: Vec<Value>) -> Result<Vec<PartOpening>, Reason> {
    if values.is_empty() || values.len() > limits::PARTS {
        return Err(shape("parts"));
    }
    values.into_iter().map(read_part).collect()
}

fn read_part(value: Value) -> Result<PartOpening, Reason> {
    let mut fields = Fields::of(value, "parts")?;
    let class = LengthClass::from_number(fields.integer("class")?).ok_or(shape("class"))?;
    let part = match fields.optional("hidden") {
        Some(hidden) => PartOpening::Closed { class, hidden: digest(hidden, "hidden")? },
        None => {
            let salt = fields.digest("salt")?;
            let text = text(fields.take("text")?, "text", limits::PART_BYTES)?;
            PartOpening::Open { class, salt, text }
        }
    };
    fields.end()?;
    Ok(part)
}

fn read_slot(mut slot: Fields, mut table: Fields) -> Result<SlotOpening, Reason> {
    let slots = table.integer("slots")?;
    let exponent = u8::try_from(slots.trailing_zeros()).unwrap_or(u8::MAX);
    let size = TableSize::new(exponent).ok().filter(|size| u64::from(size.slots()) == slots);
    let opening = SlotOpening {
        table: table.digest("id")?,
        size: size.ok_or(Reason::TableSize { slots })?,
        slot: Slot { index: slot.small("index")?, nonce: slot.digest("nonce")? },
        path: slot.hashes("path", usize::from(TableSize::FULL.exponent()))?,
        table_proof: table.hashes("proof", limits::PROOF_HASHES)?,
    };
    slot.end()?;
    table.end()?;
    Ok(opening)
}

fn read_capture(value: Value) -> Result<Capture, Reason> {
    let mut fields = Fields::of(value, "capture")?;
    let logged = fields.optional("log").map(|value| {
        let mut fields = Fields::of(value, "log")?;
        let logged = LoggedCapture {
            proof: proof(&fields.string("proof")?, "proof")?,
            salt: fields.digest("salt")?,
            tag: fields.digest("tag")?,
        };
        fields.end()?;
        Ok(logged)
    });
    let capture = Capture { sha256: fields.hex("sha256")?, at: fields.integer("at")?, logged: logged.transpose()? };
    fields.end()?;
    Ok(capture)
}

/// A tlog-proof in its one text form and without extra data, which nothing would vouch for.
fn proof(text: &str, field: &'static str) -> Result<Proof, Reason> {
    let proof = Proof::parse(text.as_bytes()).map_err(|_| shape(field))?;
    if proof.extra.is_none() && proof.to_text() == text { Ok(proof) } else { Err(shape(field)) }
}

/// An object's members, taken out one by one.
pub(crate) struct Fields {
    name: &'static str,
    members: Vec<(String, Value)>,
}

impl Fields {
    pub(crate) fn of(value: Value, name: &'static str) -> Result<Self, Reason> {
        match value {
            Value::Object(members) => Ok(Self { name, members }),
            _ => Err(shape(name)),
        }
    }

    pub(crate) fn optional(&mut self, key: &str) -> Option<Value> {
        let place = self.members.iter().position(|(found, _)| found == key)?;
        Some(self.members.swap_remove(place).1)
    }

    pub(crate) fn take(&mut self, key: &'static str) -> Result<Value, Reason> {
        self.optional(key).ok_or(shape(key))
    }

    fn string(&mut self, key: &'static str) -> Result<String, Reason> {
        text(self.take(key)?, key, usize::MAX)
    }

    fn integer(&mut self, key: &'static str) -> Result<u64, Reason> {
        integer_of(self.take(key)?).ok_or(shape(key))
    }

    pub(crate) fn small(&mut self, key: &'static str) -> Result<u32, Reason> {
        self.integer(key)?.try_into().map_err(|_| shape(key))
    }

    fn boolean(&mut self, key: &'static str) -> Result<bool, Reason> {
        match self.take(key)? {
            Value::Bool(value) => Ok(value),
            _ => Err(shape(key)),
        }
    }

    pub(crate) fn array(&mut self, key: &'static str) -> Result<Vec<Value>, Reason> {
        match self.take(key)? {
            Value::Array(values) => Ok(values),
            _ => Err(shape(key)),
        }
    }

    pub(crate) fn object(&mut self, key: &'static str) -> Result<Self, Reason> {
        Self::of(self.take(key)?, key)
    }

    pub(crate) fn digest(&mut self, key: &'static str) -> Result<Digest, Reason> {
        digest(self.take(key)?, key)
    }

    pub(crate) fn hashes(&mut self, key: &'static str, most: usize) -> Result<Vec<Digest>, Reason> {
        let values = self.array(key)?;
        if values.len() > most {
            return Err(shape(key));
        }
        values.into_iter().map(|value| digest(value, key)).collect()
    }

    pub(crate) fn hex<const N: usize>(&mut self, key: &'static str) -> Result<[u8; N], Reason> {
        let text = self.string(key)?;
        let digits: Option<Vec<u8>> = text.bytes().map(hex_digit).collect();
        let digits = digits.filter(|digits| digits.len() == 2 * N).ok_or(shape(key))?;
        Ok(std::array::from_fn(|place| digits[2 * place] << 4 | digits[2 * place + 1]))
    }

    pub(crate) fn end(self) -> Result<(), Reason> {
        if self.members.is_empty() { Ok(()) } else { Err(Reason::UnknownField { within: self.name }) }
    }
}

/// An integer that is not negative.
pub(crate) fn integer_of(value: Value) -> Option<u64> {
    match value {
        Value::Integer(value) => u64::try_from(value).ok(),
        _ => None,
    }
}

fn digest(value: Value, key: &'static str) -> Result<Digest, Reason> {
    bytes(value, key, 32)?.try_into().map_err(|_| shape(key))
}

/// Base64 with padding and without stray bits: the one form, as the comparison of the whole file can't see it.
pub(crate) fn bytes(value: Value, key: &'static str, most: usize) -> Result<Vec<u8>, Reason> {
    let text = text(value, key, most.div_ceil(3) * 4)?;
    let bytes = STANDARD.decode(text).map_err(|_| shape(key))?;
    if bytes.len() <= most { Ok(bytes) } else { Err(shape(key)) }
}

pub(crate) fn text(value: Value, key: &'static str, most: usize) -> Result<String, Reason> {
    match value {
        Value::String(text) if text.len() <= most => Ok(text),
        _ => Err(shape(key)),
    }
}

fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

pub(crate) fn shape(field: &'static str) -> Reason {
    Reason::Field { field }
}
