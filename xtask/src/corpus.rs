//! Letters in files of JSON objects, one a line.

use std::path::Path;

use anyhow::Context as _;

/// A letter as its author wrote it.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    /// The id in its collection.
    pub(crate) id: String,
    /// The text.
    pub(crate) text: String,
}

/// The letters of a file, each with "text" and perhaps "id".
pub(crate) fn read(path: &Path) -> anyhow::Result<Vec<Letter>> {
    let all = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let letter = |(number, line): (usize, &str)| {
        let place = || format!("{}:{number}", path.display());
        let row: serde_json::Value = serde_json::from_str(line).with_context(place)?;
        let field = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let text = row["text"].as_str().with_context(|| format!("{}: no \"text\"", place()))?.to_owned();
        Ok(Letter { id: field("id"), text })
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
