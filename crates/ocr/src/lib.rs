//! Reads the text of a picture: prepares it and asks Tesseract.
//!
//! A screenshot of a chat is no scanned page: its type is small, its colours may be dark, every message stands on a patch of its own, and a
//! time, a name and a row of faces stand around the words. So the picture is made ready first:
//!
//! 1. [`decode`](mod@self): PNG, JPEG or WebP within [`Limits`], which are checked on the header before anything large is made;
//! 2. a slight rotation is found by the sharpness of the rows and undone;
//! 3. areas of one colour (bubbles, the wall behind them) are found, and each becomes a grey page of its own, dark on white whatever its
//!    colours were;
//! 4. each page is scaled so that its letters have the height that Tesseract reads best.
//!
//! All pages go to one Tesseract process, from top to bottom, and what it read becomes a text: lines of a paragraph joined, paragraphs
//! kept, what is evidently not the writer's (a time at a bubble's end, a tick) left out. Each word says how sure the reader was.
//!
//! ```no_run
//! use countermark_ocr::{Limits, Reader};
//!
//! let reader = Reader::new("tesseract", &["eng", "rus"], Limits::default())?;
//! let read = reader.read(&std::fs::read("screenshot.png").expect("a picture"))?;
//! println!("{} ({} % sure)", read.text, read.confidence);
//! # Ok::<(), countermark_ocr::Error>(())
//! ```
//!
//! What is outside: where pictures come from, and what the words mean.

mod decode;
mod error;
mod ink;
mod layout;
mod limits;
mod page;
mod reader;
mod regions;
mod scale;
mod show;
mod skew;
mod tesseract;
mod tiff;
mod tsv;

pub use error::Error;
pub use limits::Limits;
pub use reader::{Bbox, Block, Read, Reader, Word};
pub use show::shown;
