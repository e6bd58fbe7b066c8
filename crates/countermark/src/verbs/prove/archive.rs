//! One ZIP with everything that a court or an archive keeps.

use std::io::{Cursor, Write};

use countermark_office::Published;
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::page;
use crate::failure::{Failure, Outcome};
use crate::verbs::marked::hex;

/// What somebody who opens it in ten years has to know.
const README: &str = "\
A bundle of Countermark with what belongs to it.

bundle.json    what is shown of a sealed message, with its proofs
verify.html    a page that checks bundle.json, offline: open it and choose the file. Whoever made this archive made the page,
               too: a verifier from elsewhere is the better one (`countermark verify bundle.json`)
page.html      the same page with the bundle inside
capture        the publication that the bundle answers, as it was captured; its SHA-256 stands in the bundle
checkpoints/   the log's signed checkpoints as they were published, named by their size, and what time-stampers said of them
               (RFC 3161 tokens, .tst). Each must be consistent with the one in the bundle; whoever has the log can check
SHA256SUMS     the hash of every file: `sha256sum -c SHA256SUMS`. It guards against damage, and proves nothing

What the bundle proves and what not is written in the report that a verifier gives.
";

/// The archive of a bundle. The same input gives the same bytes.
pub fn of(bundle: &[u8], capture: &[u8], checkpoints: &[Published]) -> Outcome<Vec<u8>> {
    let mut files = vec![
        ("README.txt".to_owned(), README.as_bytes().to_vec()),
        ("bundle.json".to_owned(), bundle.to_vec()),
        ("page.html".to_owned(), page::with(bundle).into_bytes()),
        ("verify.html".to_owned(), page::VERIFIER.as_bytes().to_vec()),
    ];
    if !capture.is_empty() {
        files.push(("capture".to_owned(), capture.to_vec()));
    }
    for published in checkpoints {
        files.extend(history(published));
    }
    let sums: String = files.iter().map(|(name, bytes)| format!("{}  {name}\n", hex(&Sha256::digest(bytes)))).collect();
    files.push(("SHA256SUMS".to_owned(), sums.into_bytes()));
    zipped(&files).map_err(|e| Failure::new(format!("the archive can't be made: {e}")))
}

/// A checkpoint's files.
fn history(published: &Published) -> Vec<(String, Vec<u8>)> {
    let name = format!("checkpoints/{:012}", published.size());
    let mut files = vec![(name.clone(), published.checkpoint.to_text().into_bytes())];
    files.extend(
        (1..).zip(&published.tokens).map(|(number, (token, _))| (format!("{name}.{number}.tst"), token.clone())),
    );
    files
}

fn zipped(files: &[(String, Vec<u8>)]) -> zip::result::ZipResult<Vec<u8>> {
    // No compression and no time of its own: nothing in it depends on when or where it was made.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(name.as_str(), options)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}
