//! What the tests of the sources share.

#![allow(dead_code)] // each test file takes what it needs

use std::path::Path;
use std::sync::Arc;

use countermark_sources::{Exchange, Limits, Net};

/// A client with the usual limits.
pub fn net() -> Net {
    Net::new(Limits::default())
}

/// An exchange that stands for any.
pub fn exchange() -> Arc<Exchange> {
    Arc::new(Exchange { url: "http://example.org/".into(), at_ms: 0, request: Vec::new(), response: Vec::new() })
}

/// A sample that is no part of the project; `None`, with a line that says so, where it is missing.
pub fn sample(path: &str) -> Option<Vec<u8>> {
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/formats");
    let found = [base.clone(), Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/formats")]
        .iter()
        .find_map(|base| std::fs::read(base.join(path)).ok());
    if found.is_none() {
        eprintln!("skipped: no sample {path} in {}", base.display());
    }
    found
}
