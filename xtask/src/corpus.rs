//! Letters: in files of JSON objects, one a line, and in files of their own.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// A letter as its author wrote it.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    /// The id in its collection.
    pub(crate) id: String,
    /// `letter`, `message`, `note`, `telegram`, ...; empty where the file does not say.
    pub(crate) kind: String,
    /// The text.
    pub(crate) text: String,
}

/// The letters of a file, each with "text" and perhaps "id" and "kind".
pub(crate) fn read(path: &Path) -> anyhow::Result<Vec<Letter>> {
    let all = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let letter = |(number, line): (usize, &str)| {
        let place = || format!("{}:{number}", path.display());
        let row: serde_json::Value = serde_json::from_str(line).with_context(place)?;
        let field = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let text = row["text"].as_str().with_context(|| format!("{}: no \"text\"", place()))?.to_owned();
        Ok(Letter { id: field("id"), kind: field("kind"), text })
    };
    (1..).zip(all.lines()).filter(|(_, line)| !line.trim().is_empty()).map(letter).collect()
}

/// The letters of several files.
pub(crate) fn read_all<P: AsRef<Path>>(paths: &[P]) -> anyhow::Result<Vec<Letter>> {
    let mut letters = Vec::new();
    for path in paths {
        letters.extend(read(path.as_ref())?);
    }
    Ok(letters)
}

/// The files of a folder with this ending, a letter each, by name; none where the folder is not there.
pub(crate) fn folder(path: &Path, ending: &str) -> anyhow::Result<Vec<Letter>> {
    if !path.is_dir() {
        return Ok(Vec::new());
    }
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))? {
        let file = entry?.path();
        if file.extension().is_some_and(|e| e == ending) {
            files.push(file);
        }
    }
    files.sort();
    let letter = |file: PathBuf| {
        let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let id = file.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Letter { id, kind: String::new(), text })
    };
    files.into_iter().map(letter).collect()
}
