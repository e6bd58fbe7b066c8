//! Whose TLS is trusted, and that its time is bounded too. The certificates are of `openssl`, the servers of rustls.

#![allow(clippy::unwrap_used)] // a test may stop where it stands

mod common;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::net;
use countermark_sources::{Fault, Limits, Net, Reach, Request};
use countermark_testkit::{Authority, KeyKind};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A server for one connection, with this certificate of the authority; it answers in many small pieces.
fn server(authority: &Authority, certificate: &str) -> SocketAddr {
    let certificate = CertificateDer::from_pem_slice(&authority.read(certificate)).unwrap();
    let key = PrivateKeyDer::from_pem_slice(&authority.read("site.key")).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap());
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut tls = StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
        let mut got = [0; 4096];
        if tls.read(&mut got).is_ok_and(|count| got[..count].starts_with(b"GET /page HTTP/1.1\r\n")) {
            let _ = tls.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n");
            for _ in 0..200 {
                let _ = tls.write_all(&[b'x'; 1000]);
            }
            tls.conn.send_close_notify();
            let _ = tls.flush();
        }
    });
    address
}

#[test]
fn only_a_trusted_certificate_of_the_right_name_is_asked() {
    let Some(authority) = Authority::new(KeyKind::P256) else { return };
    authority.key("site.key", KeyKind::P256);
    authority.certificate("site", "site.key", "/CN=site", 9, "subjectAltName=DNS:localhost");
    authority.certificate("other", "site.key", "/CN=other", 10, "subjectAltName=DNS:other.example");
    authority.certificate("number", "site.key", "/CN=number", 11, "subjectAltName=IP:127.0.0.1");
    let ours = Net::trusting(Limits::default(), &authority.read("ca.pem")).unwrap();
    let ask = |net: &Net, certificate: &str, host: &str| {
        let url = format!("https://{host}:{}/page", server(&authority, certificate).port());
        net.ask(&Request::get(url).reach(Reach::Private)).map(|(answer, exchange)| (answer.body.len(), exchange))
    };
    let (length, exchange) = ask(&ours, "site.pem", "localhost").unwrap();
    assert_eq!((length, exchange.response.len()), (200_000, 200_043), "what is kept is what came inside TLS");
    assert!(exchange.request.starts_with(b"GET /page HTTP/1.1\r\n"));
    assert_eq!(ask(&ours, "number.pem", "127.0.0.1").unwrap().0, 200_000);
    for (net, certificate, host) in
        [(&net(), "site.pem", "localhost"), (&ours, "other.pem", "localhost"), (&ours, "site.pem", "127.0.0.1")]
    {
        assert_eq!(ask(net, certificate, host).unwrap_err(), Fault::Unreachable("TLS"), "{certificate} {host}");
    }
    assert!(Net::trusting(Limits::default(), b"no certificate").is_none());
}

#[test]
fn a_handshake_that_drips_is_given_up() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        // A record of TLS that says it is long, a byte at a time.
        let mut bytes = [22, 3, 3, 0x3f, 0xff].into_iter().chain(std::iter::repeat(0));
        while stream.write_all(&[bytes.next().unwrap()]).is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    let limits = Limits { whole: Duration::from_millis(400), ..Limits::default() };
    let start = Instant::now();
    let asked = net().ask(&Request::get(format!("https://127.0.0.1:{port}/")).reach(Reach::Private).limits(limits));
    assert_eq!(asked.unwrap_err(), Fault::Limit("time"));
    assert!(start.elapsed() < Duration::from_secs(3));
    // One that speaks no TLS at all.
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        let _ = stream.read(&mut [0; 4096]);
    });
    let asked = net().ask(&Request::get(format!("https://127.0.0.1:{port}/")).reach(Reach::Private));
    assert_eq!(asked.unwrap_err(), Fault::Unreachable("TLS"));
}
