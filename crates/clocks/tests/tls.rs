//! Whose TLS is trusted. The certificates are of `openssl`, the servers of rustls.
#![allow(missing_docs, clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;

use countermark_clocks::{Client, Error, Limits};
use countermark_testkit::{Authority, KeyKind};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

const ANSWER: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: 3\r\nConnection: close\r\n\r\nder";

/// A server for one connection, with this certificate of the authority.
fn server(authority: &Authority, certificate: &str) -> (SocketAddr, JoinHandle<bool>) {
    let certificate = CertificateDer::from_pem_slice(&authority.read(certificate)).unwrap();
    let key = PrivateKeyDer::from_pem_slice(&authority.read("site.key")).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap());
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let thread = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut tls = StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
        let mut got = [0; 4096];
        // False where the client left the handshake: then it sent no request.
        let asked = tls.read(&mut got).is_ok_and(|count| got[..count].starts_with(b"POST /tsr"));
        if asked {
            tls.write_all(ANSWER).unwrap();
            tls.conn.send_close_notify();
            let _ = tls.flush();
        }
        asked
    });
    (address, thread)
}

#[test]
fn only_a_trusted_certificate_of_the_right_name_is_asked() {
    let Some(authority) = Authority::new(KeyKind::P256) else { return };
    authority.key("site.key", KeyKind::P256);
    authority.certificate("site", "site.key", "/CN=site", 9, "subjectAltName=DNS:localhost");
    authority.certificate("other", "site.key", "/CN=other", 10, "subjectAltName=DNS:other.example");
    let ours = Client::trusting(Limits::default(), &authority.read("ca.pem")).unwrap();
    let machine = Client::new(Limits::default()).unwrap();
    let ask = |client: &Client, certificate: &str, host: &str| {
        let (address, thread) = server(&authority, certificate);
        let answer = client.timestamp(&format!("https://{host}:{}/tsr", address.port()), b"query");
        (answer, thread.join().unwrap())
    };

    let (answer, asked) = ask(&ours, "site.pem", "localhost");
    assert_eq!((answer.unwrap().as_slice(), asked), (b"der".as_slice(), true));
    // An authority that this machine does not know; another name; a number where the certificate has a name.
    for (client, certificate, host) in
        [(&machine, "site.pem", "localhost"), (&ours, "other.pem", "localhost"), (&ours, "site.pem", "127.0.0.1")]
    {
        let (answer, asked) = ask(client, certificate, host);
        assert!(matches!(answer, Err(Error::Tls { .. })), "{certificate} {host}: {answer:?}");
        assert!(!asked);
    }
    assert!(matches!(Client::trusting(Limits::default(), b"no certificate"), Err(Error::Roots)));
}
