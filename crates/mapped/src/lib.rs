//! A file in memory, read only: the one place where the program needs unsafe code.

use std::fs::File;
use std::io;
use std::ops::Deref;
use std::path::Path;

/// A file's bytes, mapped: pages are read when they are looked at.
#[derive(Debug)]
pub struct Mapped(Option<memmap2::Mmap>);

impl Mapped {
    /// Maps a file. It must be one that nobody writes into: a file that is replaced by renaming, never changed in place. Should
    /// somebody cut it short all the same, the operating system ends the process at the next look at what is missing.
    ///
    /// # Errors
    /// Those of opening and mapping it.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        if file.metadata()?.len() == 0 {
            return Ok(Self(None)); // an empty file can't be mapped
        }
        #[expect(unsafe_code, reason = "mapping is unsafe because another process could change the file")]
        // SAFETY: the bytes are only ever read as bytes, through `&[u8]`, and every reader of them checks what it reads; the files
        // that are mapped are written once, under another name, and renamed (`watch`, `office`), so nobody changes them in place.
        let map = unsafe { memmap2::Mmap::map(&file)? };
        Ok(Self(Some(map)))
    }
}

impl Deref for Mapped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0.as_deref().unwrap_or_default()
    }
}

impl AsRef<[u8]> for Mapped {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_the_file_is_in_memory() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("f");
        std::fs::write(&path, b"bytes").expect("written");
        assert_eq!(&*Mapped::open(&path).expect("mapped"), b"bytes");
        std::fs::write(&path, b"").expect("written");
        assert!(Mapped::open(&path).expect("mapped").is_empty());
        assert!(Mapped::open(&dir.path().join("none")).is_err());
    }
}
