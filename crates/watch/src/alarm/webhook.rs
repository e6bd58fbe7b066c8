//! A JSON object posted to an address, signed so that a stranger can check it.

use countermark_sources::{Fault, Net, Reach, Request};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;

use super::{Alarm, Deliver, Message, WayFault};
use crate::ident::hex;

/// The header with the time of signing, seconds since 1970.
pub const TIMESTAMP: &str = "Countermark-Timestamp";

/// The header with the signature.
pub const SIGNATURE: &str = "Countermark-Signature";

/// Where alarms are posted to.
pub(super) struct Webhook {
    url: String,
    reach: Reach,
    secret: Option<String>,
    net: Net,
}

impl Webhook {
    pub(super) fn new(url: String, allow_private: bool, secret: Option<String>, net: Net) -> Self {
        let reach = if allow_private { Reach::Private } else { Reach::Public };
        Self { url, reach, secret, net }
    }
}

impl Deliver for Webhook {
    fn deliver(&mut self, message: &Message, now: u64) -> Result<(), WayFault> {
        let secret = self.secret.as_ref().ok_or(WayFault::Credentials)?;
        let body = body(message, now);
        let limits = countermark_sources::Limits { whole: crate::limits::WAY, ..self.net.limits() };
        let request = Request::post(&self.url, "application/json", body.as_bytes())
            .reach(self.reach)
            .limits(limits)
            .header(TIMESTAMP, now.to_string())
            .header(SIGNATURE, signature(secret.as_bytes(), now, body.as_bytes()));
        match self.net.ask(&request) {
            Ok(_) => Ok(()),
            Err(Fault::Status(status)) => Err(WayFault::Status(status)),
            Err(Fault::Wait(_)) => Err(WayFault::Status(429)),
            Err(Fault::Private) => Err(WayFault::Webhook("its address is a private one")),
            Err(Fault::Limit(_)) => Err(WayFault::Late),
            Err(_) => Err(WayFault::Webhook("it can't be reached or refuses")),
        }
    }
}

/// `v1=` and the HMAC-SHA256, in hexadecimal, of the timestamp, a full stop, and the body.
#[must_use]
pub fn signature(secret: &[u8], timestamp: u64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(timestamp.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    format!("v1={}", hex(&mac.finalize().into_bytes()))
}

fn body(message: &Message, now: u64) -> String {
    let one = |alarm: &Alarm| {
        json!({
            "handle": alarm.handle, "level": alarm.level_name(), "source": alarm.source, "url": alarm.url,
            "published_at": alarm.published_at, "captured_at": alarm.captured_at, "words": alarm.words, "bits": alarm.bits,
        })
    };
    if let Message::Second(second) = message {
        let second = json!({
            "handle": second.handle, "case": second.case, "kind": second.kind, "words": second.words,
            "changes": second.changes, "captured_at": second.captured_at,
        });
        return json!({ "version": 1, "sent_at": now, "count": 1, "second": second }).to_string();
    }
    let alarms: Vec<_> = message.alarms().iter().map(one).collect();
    json!({ "version": 1, "sent_at": now, "count": message.count(), "alarms": alarms }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_as_the_page_says() {
        // printf '1900000000.{}' | openssl dgst -sha256 -hmac secret
        let expected = "v1=c37d53b3438110218cae13568aeb3610f9c094f17f84c1e8693d67ffb70cb545";
        let found = signature(b"secret", 1_900_000_000, b"{}");
        assert_eq!(found, expected);
        assert_ne!(found, signature(b"secret", 1_900_000_001, b"{}"));
        assert_ne!(found, signature(b"other", 1_900_000_000, b"{}"));
    }
}
