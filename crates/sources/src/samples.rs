//! Samples that stand beside the project, where somebody put them.

use std::path::PathBuf;

/// What reads a sample of this folder; nothing, and a line saying so, where the samples are missing.
pub(crate) fn folder(name: &str) -> Option<impl Fn(&str) -> Vec<u8> + use<>> {
    // A worktree may lie one folder deeper than the project itself.
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let folders = ["../../../shared/formats", "../../../../shared/formats"].map(|path| root.join(path).join(name));
    let Some(folder) = folders.into_iter().find(|folder| folder.is_dir()) else {
        eprintln!("skipped: no samples of {name}");
        return None;
    };
    Some(move |file: &str| std::fs::read(folder.join(file)).expect("the sample is there"))
}
