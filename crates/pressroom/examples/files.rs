//! Writes a published directory as files: `cargo run -p countermark-pressroom --example files PUBLISHED DIR`. As
//! `countermark pressroom export`, without the rest of the program.

use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [published, dir] = arguments.as_slice() else { return Err("usage: files PUBLISHED DIR".into()) };
    let done = countermark_pressroom::export(Path::new(published), Path::new(dir))?;
    println!("{} statements in {} files", done.statements, done.files);
    Ok(())
}
