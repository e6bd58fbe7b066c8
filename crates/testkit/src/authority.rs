//! A certificate authority and a time-stamper, played by the `openssl` command.

use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// How to make a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA, 2,048 bits.
    Rsa,
    /// ECDSA on P-256.
    P256,
    /// ECDSA on P-384.
    P384,
}

/// The extension that a time-stamper's certificate must have.
pub const USAGE: &str = "extendedKeyUsage=critical,timeStamping";

/// A directory with a root (`ca.pem`) and a time-stamper (`tsa.pem`, `tsa.key`).
#[derive(Debug)]
pub struct Authority {
    dir: TempDir,
}

impl Authority {
    /// `None`, with a line that says so, when there is no `openssl` command.
    ///
    /// # Panics
    /// When the command fails.
    pub fn new(kind: KeyKind) -> Option<Authority> {
        if Command::new("openssl").arg("version").output().is_err() {
            println!("skipped: there is no openssl command");
            return None;
        }
        let authority = Authority { dir: tempfile::tempdir().expect("a test's own files and commands work") };
        // Signatures of RSA have one length, so that certificates can be exchanged in a token.
        authority.key("ca.key", KeyKind::Rsa);
        authority
            .run("req -x509 -key ca.key -subj /CN=Root -days 30 -out ca.pem -addext keyUsage=critical,keyCertSign");
        authority.key("tsa.key", kind);
        authority.certificate("tsa", "tsa.key", "/CN=Stamp One", 7, USAGE);
        Some(authority)
    }

    /// Runs `openssl` with these arguments, separated by single spaces; a `~` stands for a space in one.
    ///
    /// # Panics
    /// When it fails, with what it said.
    pub fn run(&self, arguments: &str) {
        let done = self.try_run(arguments);
        assert!(done.is_ok(), "openssl {arguments}: {}", done.err().unwrap_or_default());
    }

    /// The same; what it said when it failed.
    ///
    /// # Errors
    /// What the command wrote to standard error.
    ///
    /// # Panics
    /// When there is no such command.
    pub fn try_run(&self, arguments: &str) -> Result<(), String> {
        let arguments = arguments.split(' ').map(|argument| argument.replace('~', " "));
        let output = Command::new("openssl")
            .args(arguments)
            .current_dir(self.path())
            .output()
            .expect("a test's own files and commands work");
        if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
    }

    /// Makes a key in this file.
    pub fn key(&self, file: &str, kind: KeyKind) {
        let kind = match kind {
            KeyKind::Rsa => "RSA -pkeyopt rsa_keygen_bits:2048",
            KeyKind::P256 => "EC -pkeyopt ec_paramgen_curve:P-256",
            KeyKind::P384 => "EC -pkeyopt ec_paramgen_curve:P-384",
        };
        self.run(&format!("genpkey -algorithm {kind} -out {file}"));
    }

    /// A certificate `name`.pem and `name`.der for a key, from the root, with these extension lines.
    pub fn certificate(&self, name: &str, key: &str, subject: &str, serial: u32, extensions: &str) {
        self.write("extensions", format!("subjectKeyIdentifier=hash\n{extensions}\n").as_bytes());
        self.run(&format!("req -new -key {key} -subj {} -out csr", subject.replace(' ', "~")));
        self.run(&format!(
            "x509 -req -in csr -CA ca.pem -CAkey ca.key -set_serial {serial} -days 20 -extfile extensions -out {name}.pem"
        ));
        self.run(&format!("x509 -in {name}.pem -outform DER -out {name}.der"));
    }

    /// The response to a request, as `openssl ts` makes it; `ess` is the hash of the certificate id (`sha1` makes it
    /// version 1), `digits` those after the second.
    pub fn stamp(&self, request: &[u8], ess: &str, digits: u8) -> Vec<u8> {
        self.write("serial", b"0A1B2C3D");
        self.write("request", request);
        let settings = format!(
            "[tsa]\ndefault_tsa=t\n[t]\nserial=serial\nsigner_cert=tsa.pem\nsigner_key=tsa.key\ncerts=ca.pem\n\
             signer_digest=sha256\ndefault_policy=1.2.3.4.1\ndigests=sha256,sha512\naccuracy=secs:1,millisecs:500,microsecs:100\n\
             clock_precision_digits={digits}\nordering=yes\ntsa_name=yes\ness_cert_id_chain=no\ness_cert_id_alg={ess}\n"
        );
        self.write("settings", settings.as_bytes());
        self.run("ts -reply -config settings -queryfile request -out response");
        self.read("response")
    }

    /// A token over any content, as `openssl cms` makes it: with `-cades` it has a certificate id, version 2.
    pub fn sign(&self, content: &[u8], arguments: &str) -> Vec<u8> {
        self.write("content", content);
        self.run(&format!("cms -sign -binary -nodetach -nosmimecap -in content -outform DER -out token {arguments}"));
        self.read("token")
    }

    /// A file of the directory.
    ///
    /// # Panics
    /// When there is none.
    pub fn read(&self, file: &str) -> Vec<u8> {
        fs::read(self.path().join(file)).expect("a test's own files and commands work")
    }

    /// Writes a file of the directory.
    ///
    /// # Panics
    /// When that fails.
    pub fn write(&self, file: &str, bytes: &[u8]) {
        fs::write(self.path().join(file), bytes).expect("a test's own files and commands work");
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }
}
