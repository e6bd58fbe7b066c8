//! Reads pictures: `cargo run --release -p countermark-ocr --example read FILE...`.

use countermark_ocr::{Limits, Reader};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let reader = Reader::new("tesseract", &["eng", "rus"], Limits::default())?;
    for file in std::env::args_os().skip(1) {
        let start = std::time::Instant::now();
        let read = reader.read(&std::fs::read(&file)?)?;
        println!("{}\n", read.text);
        println!("{} words, {} % sure, {:.2} s", read.words.len(), read.confidence, start.elapsed().as_secs_f64());
    }
    Ok(())
}
