//! Why a picture could not be read.

use thiserror::Error;

/// Why a picture could not be read. It holds sizes and names of ours, never anything of the picture.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The file says that it is a picture and is none that can be decoded.
    #[error("the picture is damaged or cut short")]
    Damaged,
    /// The reader ended with an error of its own.
    #[error("{command} failed{}", code.map(|code| format!(" with exit code {code}")).unwrap_or_default())]
    Failed {
        /// The command.
        command: String,
        /// Its exit code; none when it was killed by a signal.
        code: Option<i32>,
    },
    /// The child process could not be started or spoken to.
    #[error("{command} can't be run")]
    Io {
        /// The command.
        command: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A language's data is not installed.
    #[error("{command} has no data for the language {language}: install the Debian package tesseract-ocr-{}", language.replace('_', "-"))]
    Language {
        /// The command.
        command: String,
        /// The language, as Tesseract calls it.
        language: String,
    },
    /// The name of a language is none.
    #[error("{0:?} is no name of a Tesseract language")]
    LanguageName(String),
    /// The file is longer than the limit.
    #[error("the picture's file has {bytes} bytes, more than {limit}")]
    Long {
        /// Its length.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// The command is not there.
    #[error(
        "{command} is not installed: install the Debian packages tesseract-ocr, tesseract-ocr-eng and tesseract-ocr-rus"
    )]
    Missing {
        /// The command.
        command: String,
    },
    /// The picture is larger than the limits.
    #[error("the picture has {width} x {height} pixels, more than {side} a side or {pixels} in all")]
    Large {
        /// Its width.
        width: u32,
        /// Its height.
        height: u32,
        /// The limit of a side.
        side: u32,
        /// The limit of all pixels.
        pixels: u64,
    },
    /// The child process printed more than the limit.
    #[error("{command} printed more than {limit} bytes")]
    Output {
        /// The command.
        command: String,
        /// The limit.
        limit: usize,
    },
    /// The picture took longer than the limit.
    #[error("{command} took longer than {} ms", limit.as_millis())]
    Time {
        /// The command.
        command: String,
        /// The limit.
        limit: std::time::Duration,
    },
    /// Neither PNG nor JPEG nor WebP.
    #[error("the file is no PNG, JPEG or WebP picture")]
    Unknown,
}
