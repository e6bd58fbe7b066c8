//! Manners at the terminal: data on standard output, everything else on standard error, and nothing asks when nobody is there.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use countermark_tracing::view::Marks;
use zeroize::Zeroizing;

use crate::failure::{Failure, Outcome, output};

/// The longest text any verb reads: 64 MiB. A published text is at most a long article; what is longer is not one.
pub const LONGEST_INPUT: u64 = 64 << 20;

static STDIN_TAKEN: AtomicBool = AtomicBool::new(false);

/// Prints data, with a line end.
pub fn say(data: &str) -> Outcome<()> {
    let mut out = io::stdout().lock();
    out.write_all(data.as_bytes())
        .and_then(|()| if data.ends_with('\n') { Ok(()) } else { out.write_all(b"\n") })
        .and_then(|()| out.flush())
        .map_err(|e| output(&e))
}

/// Prints one JSON object on one line.
pub fn say_json(value: &serde_json::Value) -> Outcome<()> {
    say(&value.to_string())
}

/// A text of somebody else's as it may be shown: nothing in it can steer the terminal or turn the order of what follows.
pub fn tame(text: &str) -> String {
    let tamed = |c: char| match c {
        '\n' | '\t' => c,
        c if c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') => '\u{fffd}',
        c => c,
    };
    text.replace("\r\n", "\n").chars().map(tamed).collect()
}

/// A text of somebody else's after a label of ours: every line of it stands behind a bar that no label has, so that none can pass for a
/// line of the report. Ends with a line end.
pub fn barred(label: &str, text: &str) -> String {
    let width = label.chars().count();
    // Line breaks too, for whoever takes them so.
    let tamed = tame(text).replace(['\u{2028}', '\u{2029}'], "\u{fffd}");
    let lines = tamed.split('\n').enumerate().map(|(at, line)| {
        let before = if at == 0 { label } else { "" };
        format!("{}\n", format!("{before:<width$}| {line}").trim_end())
    });
    lines.collect()
}

/// A name in a line of ours: one line, whatever stands in it.
pub fn name(text: &str) -> String {
    tame(text).replace(['\n', '\t', '\u{2028}', '\u{2029}'], "\u{fffd}")
}

/// Tells the person something that is not data.
pub fn note(text: &str) {
    // A closed standard error leaves nobody to tell.
    let _ = writeln!(io::stderr(), "{text}");
}

/// Whether standard output shows colour: a terminal (or `CLICOLOR_FORCE`), and `NO_COLOR` unset.
pub fn colour() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !set("NO_COLOR") && (io::stdout().is_terminal() || set("CLICOLOR_FORCE"))
}

/// Columns to wrap at: `COLUMNS` where it is set to 40 to 200, else 100.
pub fn width() -> usize {
    std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok()).filter(|w| (40..=200).contains(w)).unwrap_or(100)
}

/// How a comparison is shown here.
pub fn marks() -> Marks {
    if colour() { Marks::Colour } else { Marks::Plain }
}

/// Whether somebody is there to answer.
pub fn can_ask(json: bool) -> bool {
    !json && io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks for a line of text; `None` when nothing was typed.
pub fn ask(question: &str) -> Outcome<Option<String>> {
    let mut err = io::stderr().lock();
    let _ = write!(err, "{question} ").and_then(|()| err.flush());
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).map_err(|e| Failure::new(format!("the terminal can't be read: {e}")))?;
    let line = line.trim();
    Ok((!line.is_empty()).then(|| line.to_owned()))
}

/// Asks for a secret without showing it.
pub fn ask_secret(question: &str) -> Outcome<Zeroizing<String>> {
    rpassword::prompt_password(format!("{question} "))
        .map(Zeroizing::new)
        .map_err(|e| Failure::new(format!("the terminal can't be read: {e}")))
}

/// Reads a file whole, or standard input for `-`; at most [`LONGEST_INPUT`] bytes.
pub fn read_bytes(path: &Path) -> Outcome<Vec<u8>> {
    read_limited(path, LONGEST_INPUT)
}

/// Reads a file whole, or standard input for `-`; refuses what is longer than `limit` bytes without reading on.
pub fn read_limited(path: &Path, limit: u64) -> Outcome<Vec<u8>> {
    let bytes = read_start(path, limit + 1)?;
    if bytes.len() as u64 > limit {
        return Err(Failure::new(format!("{} is longer than {} KiB", name_of(path), limit >> 10)).hint(
            if limit == LONGEST_INPUT {
                "cut it: only the passage in question is needed"
            } else {
                "is it the right file?"
            },
        ));
    }
    Ok(bytes)
}

/// Reads a text: UTF-8, a byte order mark dropped.
pub fn read_text(path: &Path) -> Outcome<String> {
    let text = String::from_utf8(read_bytes(path)?).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        Failure::new(format!("{} is not text in UTF-8: byte {} does not fit", name_of(path), at + 1))
            .hint("save it as UTF-8, or convert it with iconv")
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

/// Reads a text that somebody else published: what is not UTF-8 becomes U+FFFD, so that a damaged capture can still be traced.
pub fn read_published(path: &Path) -> Outcome<String> {
    let bytes = read_bytes(path)?;
    if crate::captured::is_picture(&bytes) {
        return Err(Failure::new(format!("{} is a picture", name_of(path))).hint("its text is read with --image FILE"));
    }
    Ok(match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(e) => {
            note(&format!("note: {} is not UTF-8 throughout; what does not fit is passed over", name_of(path)));
            String::from_utf8_lossy(e.as_bytes()).into_owned()
        }
    })
}

/// Reads the beginning of a file, or of standard input for `-`: at most `limit` bytes.
pub fn read_start(path: &Path, limit: u64) -> Outcome<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = |source: &mut dyn Read, bytes: &mut Vec<u8>| source.take(limit).read_to_end(bytes);
    let result = if path == Path::new("-") {
        read(&mut stdin()?, &mut bytes)
    } else {
        File::open(path).and_then(|mut file| read(&mut file, &mut bytes))
    };
    result.map_err(|e| {
        Failure::new(format!("{} can't be read: {e}", name_of(path))).hint("check the path, and that you may read it")
    })?;
    Ok(bytes)
}

/// Lines of a file, or of standard input for `-`.
pub fn lines(path: &Path) -> Outcome<Box<dyn BufRead>> {
    if path == Path::new("-") {
        return Ok(Box::new(stdin()?));
    }
    let file = File::open(path).map_err(|e| Failure::new(format!("{} can't be read: {e}", name_of(path))))?;
    Ok(Box::new(BufReader::new(file)))
}

/// Standard input, once: two readers would each get half.
fn stdin() -> Outcome<io::StdinLock<'static>> {
    if STDIN_TAKEN.swap(true, Ordering::SeqCst) {
        return Err(Failure::new("standard input is asked for twice").hint("give at most one `-`"));
    }
    Ok(io::stdin().lock())
}

/// Refuses a file that exists, before any work is done for it.
pub fn free(path: &Path) -> Outcome<()> {
    if path.symlink_metadata().is_ok() {
        return Err(Failure::new(format!("{} exists already", path.display()))
            .hint("choose another name; nothing is overwritten"));
    }
    Ok(())
}

/// Writes a new file, never over an old one, durable when this returns.
pub fn write_new(path: &Path, bytes: &[u8], mode: u32) -> Outcome<()> {
    let fail = |e: io::Error| {
        let failure = Failure::new(format!("{} can't be written: {e}", path.display()));
        if e.kind() == io::ErrorKind::AlreadyExists {
            failure.hint("choose another name; nothing is overwritten")
        } else {
            failure
        }
    };
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path).map_err(fail)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if written.is_err() {
        // Half a file must not pass for a whole one.
        let _ = std::fs::remove_file(path);
    }
    written.map_err(fail)?;
    sync_folder(path).map_err(fail)
}

/// A new file that nobody sees before it may be seen: its bytes are durable beside its place first, under a name that ends in
/// `.part`. Dropped before it is in place, it is removed.
pub struct Staged {
    path: PathBuf,
    part: PathBuf,
    file: File,
}

impl Staged {
    /// Refuses a place where no file can come, as far as a look at it tells: before a passphrase is asked for.
    pub fn possible(path: &Path) -> Outcome<()> {
        if path == Path::new("-") {
            return Err(Failure::new("a bundle does not go to standard output").hint("give a file with --out FILE"));
        }
        if path.file_name().is_none() || path.as_os_str().as_encoded_bytes().ends_with(b"/") {
            return Err(Failure::new(format!("{} is no name for a file", path.display())));
        }
        if !folder_of(path).is_dir() {
            return Err(Failure::new(format!("{} can't be written: its folder is not there", path.display()))
                .hint("choose a folder that is there and that you may write to"));
        }
        free(path)
    }

    /// Makes the empty file beside the place: an error now costs nothing, later it could.
    pub fn begin(path: &Path, mode: u32) -> Outcome<Self> {
        Self::possible(path)?;
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        let part = path.with_file_name(name);
        let file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&part).map_err(|e| {
            Failure::new(format!("{} can't be written: {e}", path.display()))
                .hint("choose a folder that is there and that you may write to")
        })?;
        Ok(Self { path: path.to_owned(), part, file })
    }

    /// Writes its bytes, durable when this returns.
    pub fn fill(&mut self, bytes: &[u8]) -> Outcome<()> {
        let written =
            self.file.write_all(bytes).and_then(|()| self.file.sync_all()).and_then(|()| sync_folder(&self.part));
        written.map_err(|e| {
            Failure::new(format!("{} can't be written: {e}", self.path.display()))
                .hint("nothing counts as shown: make room for it, and run the command again")
        })
    }

    /// Puts it in its place, never over another file. When that fails the bytes stay where they are: what they say has been
    /// noted as shown by now.
    pub fn place(self) -> Outcome<()> {
        let this = std::mem::ManuallyDrop::new(self);
        let linked = std::fs::hard_link(&this.part, &this.path);
        let placed = match linked {
            Ok(()) => {
                // A second name of what is in its place does no harm.
                let _ = std::fs::remove_file(&this.part);
                Ok(())
            }
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Err(e),
            // A file system without second names; a look before has to do there.
            Err(_) if !this.path.exists() => std::fs::rename(&this.part, &this.path),
            Err(e) => Err(e),
        };
        placed.and_then(|()| sync_folder(&this.path)).map_err(|e| {
            Failure::new(format!("{} can't be put in its place: {e}", this.path.display()))
                .hint(format!("what was to stand there is in {}", this.part.display()))
        })
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // It may be on its way nowhere; a `.part` that can't be removed shows nothing that is not whole.
        let _ = std::fs::remove_file(&self.part);
    }
}

/// Puts a file in the place of an old one, whole or not at all, durable when this returns.
pub fn replace(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let new = path.with_file_name(name);
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(mode)
        .open(&new)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&new, path));
    if written.is_err() {
        let _ = std::fs::remove_file(&new);
    }
    written?;
    sync_folder(path)
}

/// Makes a file's name durable: its folder is synced.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A path as errors show it.
pub fn name_of(path: &Path) -> String {
    if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_a_text_passes_for_one_of_the_report() {
        let hostile = "fine\r\nreason     none\nstatement  | x\rVALID\u{2028}sealed before\u{85}log\n\n   5   [closed: 1-5 words]";
        let shown = barred("   4 ", hostile);
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines[0], "   4 | fine");
        assert_eq!(lines[1], "     | reason     none");
        assert_eq!(lines[4], "     |    5   [closed: 1-5 words]");
        assert!(lines.iter().all(|line| line.chars().nth(5) == Some('|')), "{shown}");
        assert!(!shown.contains(['\r', '\u{85}', '\u{2028}']));
        assert_eq!(barred("", ""), "|\n");
        assert_eq!(name("a\nb"), "a\u{fffd}b");
    }
}
