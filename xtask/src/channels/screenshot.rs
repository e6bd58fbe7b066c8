//! A picture of a text, read by a program: pango draws it, Tesseract reads it.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, ensure};

/// Draws and reads.
pub(crate) struct Reader {
    folder: PathBuf,
    next: AtomicU64,
    versions: String,
}

impl Reader {
    /// The programs; a word about what is missing.
    pub(crate) fn find() -> Result<Self, String> {
        let pango = version("pango-view")?;
        let tesseract = version("tesseract")?;
        let folder = std::env::temp_dir().join(format!("channels-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|e| format!("cannot make {}: {e}", folder.display()))?;
        Ok(Self { folder, next: AtomicU64::new(0), versions: format!("{pango}, {tesseract}") })
    }

    /// What drew and what read.
    pub(crate) fn versions(&self) -> &str {
        &self.versions
    }

    /// The text as it is read from a picture of it: a page in a serif of 11 points, at 110 dots an inch.
    pub(crate) fn read(&self, text: &str) -> anyhow::Result<String> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let (page, picture) = (self.folder.join(format!("{number}.txt")), self.folder.join(format!("{number}.png")));
        std::fs::write(&page, text)?;
        let drawn = Command::new("pango-view")
            .args([
                "--no-display",
                "--font=Liberation Serif 11",
                "--dpi=110",
                "--width=420",
                "--margin=20",
                "--wrap=word",
            ])
            .arg(format!("--output={}", picture.display()))
            .arg(&page)
            .output()
            .context("cannot run pango-view")?;
        ensure!(drawn.status.success(), "pango-view failed");
        let read = Command::new("tesseract")
            .arg(&picture)
            .args(["-", "-l", "eng"])
            // One thread each: as many pages as cores are read at once.
            .env("OMP_THREAD_LIMIT", "1")
            .output()
            .context("cannot run tesseract")?;
        ensure!(read.status.success(), "tesseract failed; is its English model installed?");
        let _ = (std::fs::remove_file(page), std::fs::remove_file(picture));
        Ok(String::from_utf8_lossy(&read.stdout).into_owned())
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The first line that a program says of its version.
fn version(program: &str) -> Result<String, String> {
    let out = Command::new(program).arg("--version").output().map_err(|_| format!("{program} is not installed"))?;
    let said = [out.stdout, out.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    Ok(said.lines().next().unwrap_or(program).trim().to_owned())
}
