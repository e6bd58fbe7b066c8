//! The English pack as its files stand on the disk, so that a changed rule shows without building anything.

use std::path::Path;

use anyhow::Context as _;
use countermark_marking::rules::Pack;

/// Reads all TOML files of a folder as one pack: the embedded pack's in its order, then others by name. The order decides
/// between proposals that meet.
pub(crate) fn read(folder: &Path) -> anyhow::Result<Pack> {
    let mut files = Vec::new();
    let listing = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in listing {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.ends_with(".toml") {
            let known =
                Pack::english_files().iter().position(|(file, _)| file.rsplit('/').next() == Some(name.as_str()));
            files.push((known.unwrap_or(usize::MAX), name, std::fs::read_to_string(&path)?));
        }
    }
    files.sort();
    let files: Vec<(&str, &str)> = files.iter().map(|(_, name, text)| (name.as_str(), text.as_str())).collect();
    Pack::parse_files("en", &files).map_err(|e| anyhow::anyhow!("{e}: {}", e.hint()))
}
