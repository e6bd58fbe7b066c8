//! A websocket over TLS: whose certificate is trusted, and that events come through. The certificates are of `openssl`, the server of rustls.

mod support;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use countermark_sources::bluesky::Bluesky;
use countermark_sources::{Fault, Limits, Net, Reach};
use countermark_testkit::{Authority, KeyKind};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use support::{Watched, net, texts};
use tungstenite::Message;

const EVENT: &str = r#"{"did":"did:plc:anna","time_us":1779719009157119,"kind":"commit","commit":{"operation":"create",
"collection":"app.bsky.feed.post","rkey":"3mm","record":{"text":"over TLS"}}}"#;

/// A server for one connection, with this certificate of the authority.
fn server(authority: &Authority, certificate: &str) -> SocketAddr {
    let certificate = CertificateDer::from_pem_slice(&authority.read(certificate)).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(&authority.read("site.key")).expect("a key");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("versions");
    let config = config.with_no_client_auth().with_single_cert(vec![certificate], key).expect("they belong together");
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a connection");
        let session = ServerConnection::new(Arc::new(config)).expect("a session");
        let Ok(mut socket) = tungstenite::accept(StreamOwned::new(session, stream)) else { return };
        for _ in 0..3 {
            let _ = socket.send(Message::text(EVENT));
        }
        let _ = socket.read();
    });
    address
}

#[test]
fn only_a_trusted_certificate_of_the_right_name_is_listened_to() {
    let Some(authority) = Authority::new(KeyKind::P256) else { return };
    authority.key("site.key", KeyKind::P256);
    authority.certificate("site", "site.key", "/CN=site", 9, "subjectAltName=DNS:localhost");
    authority.certificate("other", "site.key", "/CN=other", 10, "subjectAltName=DNS:other.example");
    let ours = || {
        let limits = Limits::default();
        Net::trusting(limits, &authority.read("ca.pem")).expect("roots").with_patience(net().patience())
    };
    let watched = |net: Net, certificate: &str| {
        let url = format!("wss://localhost:{}/subscribe", server(&authority, certificate).port());
        let mut watched = Watched::new(Bluesky::new(Vec::new()).at(&url, "", Reach::Private));
        watched.net = net;
        watched
    };
    assert_eq!(texts(&watched(ours(), "site.pem").until(3)), ["over TLS"; 3]);
    for (net, certificate) in [(net(), "site.pem"), (ours(), "other.pem")] {
        assert_eq!(watched(net, certificate).poll().err(), Some(Fault::Unreachable("TLS")), "{certificate}");
    }
}
