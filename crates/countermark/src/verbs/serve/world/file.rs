//! A small file that is replaced whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The most bytes of such a file.
const MOST: u64 = 4 << 20;

/// Its content; none where there is no file.
pub(super) fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let mut content = Vec::new();
    file.take(MOST + 1).read_to_end(&mut content)?;
    if content.len() as u64 > MOST { Err(ErrorKind::FileTooLarge.into()) } else { Ok(Some(content)) }
}

/// Puts new content in its place, for its owner alone. When this returns `Ok` it is durable; before that the old one stands whole.
pub(super) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let new = path.with_added_extension("new");
    // What a process left that was cut off.
    match fs::remove_file(&new) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn whole_and_for_its_owner() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("v.desk");
        assert_eq!(read(&path).expect("none is no error"), None);
        // The rest of a write that was cut off is no obstacle.
        fs::write(dir.path().join("v.desk.new"), "half").expect("a file");
        for content in [&b"one"[..], b"", &[7; 100_000]] {
            replace(&path, content).expect("it is written");
            assert_eq!(read(&path).expect("it is there").as_deref(), Some(content));
            assert_eq!(fs::metadata(&path).expect("it is there").permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(fs::read_dir(dir.path()).expect("a folder").count(), 1);
    }

    #[test]
    fn what_can_not_be_read_is_no_absence() {
        let dir = tempfile::tempdir().expect("a folder");
        assert!(read(dir.path()).is_err());
        let large = dir.path().join("large");
        File::create(&large).and_then(|file| file.set_len(MOST + 1)).expect("a file");
        assert!(read(&large).is_err());
        assert!(replace(&dir.path().join("nowhere/v.desk"), b"x").is_err());
    }
}
