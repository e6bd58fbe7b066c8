//! A capture: the exchanges of a find as WARC records.

use countermark_inbox::warc::{Kind, Part, Warc};
use countermark_sources::Exchange;

use crate::limits;

/// Writes the exchanges, and a record with what is known besides.
pub(crate) fn capture(exchanges: &[&Exchange], about: &[(&str, &str)], at_ms: u64) -> Vec<u8> {
    let mut warc = Warc::new();
    let mut first = None;
    for exchange in exchanges {
        let id = add(&mut warc, exchange);
        first = first.or(id);
    }
    let mut fields = String::from("software: countermark\r\n");
    for (name, value) in about {
        let value: String = value.chars().filter(|c| !c.is_control()).take(limits::NAME).collect();
        fields.push_str(&format!("{name}: {value}\r\n"));
    }
    let uri = exchanges.first().map(|exchange| exchange.url.as_str());
    let (kind, content_type) = (Kind::Metadata, "application/warc-fields");
    let block = fields.as_bytes();
    warc.add(&Part { kind, uri, at_ms, content_type, concurrent_to: first.as_deref(), block }, random());
    warc.into_bytes()
}

/// Sixteen random bytes.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Without the system's randomness nothing else here would work either: sealing draws from the same place.
    getrandom::fill(&mut bytes).expect("the system has randomness");
    bytes
}

fn add(warc: &mut Warc, exchange: &Exchange) -> Option<String> {
    if exchange.response.len() > limits::RESPONSE {
        return None;
    }
    let uri = Some(exchange.url.as_str());
    let http = exchange.response.starts_with(b"HTTP/");
    let (kind, content_type) = match http {
        true => (Kind::Response, "application/http;msgtype=response"),
        false => (Kind::Resource, "application/octet-stream"),
    };
    let block = exchange.response.as_slice();
    let id = warc.add(&Part { kind, uri, at_ms: exchange.at_ms, content_type, concurrent_to: None, block }, random());
    if !exchange.request.is_empty() {
        let content_type = "application/http;msgtype=request";
        let (kind, block) = (Kind::Request, exchange.request.as_slice());
        let part = Part { kind, uri, at_ms: exchange.at_ms, content_type, concurrent_to: Some(&id), block };
        warc.add(&part, random());
    }
    Some(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use countermark_inbox::warc::read;

    fn exchange(request: &[u8], response: Vec<u8>) -> Exchange {
        Exchange { url: "https://gazette.example/7".into(), at_ms: 1_900_000_000_000, request: request.to_vec(), response }
    }

    #[test]
    fn request_response_and_what_is_known() {
        let page = exchange(b"GET /7 HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n<p>".to_vec());
        let file = exchange(b"", b"\x89PNG".to_vec());
        let bytes = capture(&[&page, &file], &[("post", "7\r\nx: y")], 1);
        let records = read(&bytes).unwrap();
        let kinds: Vec<_> = records.iter().map(|record| record.kind).collect();
        assert_eq!(kinds, [Kind::Response, Kind::Request, Kind::Resource, Kind::Metadata]);
        assert_eq!(records[1].concurrent_to.as_deref(), Some(records[0].id.as_str()));
        assert_eq!(records[3].block, b"software: countermark\r\npost: 7x: y\r\n");
    }

    #[test]
    fn a_response_beyond_the_limit_stays_out() {
        let huge = exchange(b"GET / HTTP/1.1\r\n\r\n", vec![0; limits::RESPONSE + 1]);
        let bytes = capture(&[&huge], &[], 1);
        assert!(bytes.len() < 1000);
        assert_eq!(read(&bytes).unwrap().len(), 1);
    }
}
