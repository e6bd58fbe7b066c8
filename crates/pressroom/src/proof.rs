//! What the room itself finds in a bundle: the clock that the page tells before any script runs. The reader's browser checks it again.

use countermark_proof::{VerifyOptions, fingerprint, verify};
use countermark_statement::Site;
use countermark_tlog::note::VerifierKey;

/// What was found in one bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proof {
    /// Why it does not hold; none when it does.
    pub(crate) fault: Option<&'static str>,
    /// By when an independent clock knew it, seconds since 1970.
    pub(crate) sealed_before: Option<u64>,
    /// When it was written, by the office's word.
    pub(crate) written_at: u64,
    /// It can't show that it was sealed before the capture.
    pub(crate) late: bool,
    /// What is shown is the office's own copy's, and other copies may have other wordings.
    pub(crate) own_copy: bool,
}

impl Proof {
    /// The file is not there, or is another than the version names.
    pub(crate) fn absent() -> Self {
        Self { fault: Some("absent"), sealed_before: None, written_at: 0, late: false, own_copy: false }
    }
}

/// The keys that a site names, those of them that read.
pub(crate) struct Keys {
    log: Option<VerifierKey>,
    witnesses: Vec<VerifierKey>,
}

impl Keys {
    pub(crate) fn of(site: &Site) -> Self {
        let log = site.log_key.as_deref().and_then(|key| key.parse().ok());
        Self { log, witnesses: site.witnesses.iter().filter_map(|key| key.parse().ok()).collect() }
    }

    /// SHA-256 of the log's public key, hexadecimal.
    pub(crate) fn fingerprint(&self) -> Option<String> {
        let public: &[u8; 32] = self.log.as_ref()?.public().try_into().ok()?;
        Some(fingerprint(public))
    }

    /// Checks a bundle under them.
    pub(crate) fn check(&self, bundle: &[u8]) -> Proof {
        let options =
            VerifyOptions { log_key: self.log.as_ref(), witnesses: &self.witnesses, ..VerifyOptions::default() };
        let report = verify(bundle, &options);
        Proof {
            fault: (!report.valid).then(|| report.reason.code()),
            sealed_before: report.sealed_before,
            written_at: report.written_at.unwrap_or_default(),
            late: report.after_publication,
            own_copy: report.own_copy,
        }
    }
}
