//! `serve` over TLS, with certificates and a client of OpenSSL's.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;
#[path = "common/served.rs"]
mod served;

use std::io::Write;
use std::net::SocketAddr;
use std::process::{Command, Stdio};

use common::Desk;
use rustix::process::Signal;
use served::{Served, header, status, within};

/// Makes a certificate for `name`; false where there is no OpenSSL.
fn certificate(dir: &Desk, file: &str, name: &str) -> bool {
    let made = Command::new("openssl")
        .current_dir(dir.dir.path())
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"])
        .args(["-keyout", &format!("{file}.key"), "-out", &format!("{file}.pem"), "-subj", &format!("/CN={name}")])
        .args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
        .output();
    match made {
        Ok(made) => {
            assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
            true
        }
        Err(_) => {
            eprintln!("skipped: there is no openssl here");
            false
        }
    }
}

/// What `openssl s_client` says, and what the server answers.
fn ask(dir: &Desk, address: SocketAddr, head: &str, more: &[&str]) -> String {
    let mut client = Command::new("openssl")
        .current_dir(dir.dir.path())
        .args(["s_client", "-connect", &address.to_string(), "-servername", "localhost", "-ign_eof"])
        .args(more)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    client.stdin.take().unwrap().write_all(head.as_bytes()).unwrap();
    String::from_utf8_lossy(&client.wait_with_output().unwrap().stdout).into_owned()
}

fn get(dir: &Desk, address: SocketAddr, path: &str) -> String {
    let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let all = ask(dir, address, &head, &["-quiet", "-CAfile", "one.pem", "-verify_return_error"]);
    all[all.find("HTTP/1.1").unwrap_or(0)..].to_owned()
}

#[test]
fn desk_and_pressroom_speak_tls() {
    let dir = Desk::new();
    if !certificate(&dir, "one", "one.example") {
        return;
    }
    let section = "tls_certificate = \"one.pem\"\ntls_key = \"one.key\"\n";
    dir.write("v.toml", format!("[desk]\n{section}[pressroom]\n{section}"));
    let served = Served::start(&dir, &[]);
    let front = get(&dir, served.pressroom, "/");
    assert_eq!(
        (status(&front), header(&front, "strict-transport-security")),
        (200, Some("max-age=31536000")),
        "{front}"
    );
    let desk = get(&dir, served.desk, "/");
    assert_eq!((status(&desk), header(&desk, "location")), (303, Some("/sign-in")), "{desk}");
    assert!(header(&desk, "strict-transport-security").is_some());
    let page = get(&dir, served.desk, "/sign-in");
    for cookie in page.lines().filter(|line| line.to_lowercase().starts_with("set-cookie: ")) {
        assert!(cookie.contains("Secure") && cookie.contains("HttpOnly") && cookie.contains("__Host-"), "{cookie}");
    }
    // In the clear it says nothing.
    let plain = served::get(served.desk, "/sign-in");
    assert!(!plain.contains("200 OK") && !plain.contains("<html"), "{plain}");
    // And nothing older than TLS 1.2.
    let old = ask(&dir, served.desk, "", &["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]);
    assert!(old.contains("Cipher is (NONE)") && !old.contains("BEGIN CERTIFICATE"), "{old}");
    // A handshake that never comes holds nobody up.
    let silent: Vec<_> = (0..20).map(|_| std::net::TcpStream::connect(served.desk).unwrap()).collect();
    assert_eq!(status(&get(&dir, served.desk, "/sign-in")), 200);
    drop(silent);
}

#[test]
fn the_certificate_is_read_again_at_a_hangup() {
    let dir = Desk::new();
    if !certificate(&dir, "one", "one.example") || !certificate(&dir, "two", "two.example") {
        return;
    }
    dir.write("v.toml", "[pressroom]\ntls_certificate = \"one.pem\"\ntls_key = \"one.key\"\n");
    let served = Served::start(&dir, &[]);
    let subject = || {
        let all = ask(&dir, served.pressroom, "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", &[]);
        all.lines().find(|line| line.starts_with("subject=")).map(|line| line.replace(' ', "")).unwrap_or_default()
    };
    assert_eq!(subject(), "subject=CN=one.example");
    // One that can't be used changes nothing.
    std::fs::write(dir.path("one.pem"), "no certificate").unwrap();
    served.signal(Signal::HUP);
    within(|| served.err().contains("the certificate read before stays in use").then_some(()));
    assert_eq!(subject(), "subject=CN=one.example");
    for end in ["pem", "key"] {
        std::fs::copy(dir.path(&format!("two.{end}")), dir.path(&format!("one.{end}"))).unwrap();
    }
    served.signal(Signal::HUP);
    within(|| (subject() == "subject=CN=two.example").then_some(()));
}

#[test]
fn a_key_of_another_certificate_is_refused() {
    let dir = Desk::new();
    if !certificate(&dir, "one", "one.example") || !certificate(&dir, "two", "two.example") {
        return;
    }
    dir.write("v.toml", "[desk]\ntls_certificate = \"one.pem\"\ntls_key = \"two.key\"\n");
    let refused = dir.run(&["serve", "--desk", "127.0.0.1:0", "--pressroom", "127.0.0.1:0"]).expect(2);
    assert!(refused.err.contains("can't be used together"), "{}", refused.err);
    dir.write("v.toml", "[desk]\ntls_certificate = \"one.key\"\ntls_key = \"one.key\"\n");
    let refused = dir.run(&["serve", "--desk", "127.0.0.1:0", "--pressroom", "127.0.0.1:0"]).expect(2);
    assert!(refused.err.contains("one.key holds no certificate in PEM"), "{}", refused.err);
}
