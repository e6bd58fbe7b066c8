//! The files that messages are taken out of. A mailbox may be larger than memory: it is read message by message.

use std::fs::File;
use std::io::{BufReader, Read as _, Seek};
use std::path::Path;

use countermark_reading::exports::{Archive, Error, Kind, Letter, Place, Remark, Settings, Skipped, Why, detect, read};
use countermark_reading::mail::{self, mbox::Mailbox};
use sha2::{Digest, Sha256};

use crate::failure::{Failure, Outcome};
use crate::terminal;

/// The most bytes of a file that is not a mailbox.
const MOST: u64 = 1 << 30;

/// So much of it tells what kind it is.
const LOOK: u64 = 64 << 10;

/// A file whose kind is known.
pub struct Opened {
    /// Its name, without its folder.
    pub name: String,
    /// As it is shown.
    pub shown: String,
    /// Its kind.
    pub kind: Kind,
    /// Its SHA-256.
    pub sha256: [u8; 32],
    /// What the thread is called where the file does not say it.
    pub thread: String,
    /// What is to be known of the whole.
    pub remarks: Vec<Remark>,
    content: Content,
}

enum Content {
    Chat(Archive),
    Mail(Vec<u8>),
    Mailbox(File),
}

/// What stands in a file.
pub enum Read<'a> {
    /// A letter; of a mail also its bytes, in the forms in which its signatures may verify.
    Letter(Box<Letter>, &'a [&'a [u8]]),
    /// Something else.
    Skipped(Skipped),
}

impl Opened {
    pub fn new(path: &Path, settings: &Settings) -> Outcome<Self> {
        let shown = terminal::name_of(path);
        let fail = |error: std::io::Error| {
            Failure::new(format!("{shown} can't be read: {error}")).hint("check the path, and that you may read it")
        };
        let mut file = File::open(path).map_err(fail)?;
        if file.metadata().map_err(fail)?.is_dir() {
            return Err(Failure::new(format!("{shown} is a folder")).hint("give the files in it"));
        }
        let mut begin = Vec::new();
        (&mut file).take(LOOK).read_to_end(&mut begin).map_err(fail)?;
        let kind = detect(&begin).ok_or_else(|| {
            Failure::new(format!("{shown} is no export and no mail that is known"))
                .hint("Telegram Desktop's result.json or messages.html, WhatsApp's _chat.txt, signal-cli's JSON, sigexport's text, .eml, mbox")
        })?;
        file.rewind().map_err(fail)?;
        let (content, sha256) = match kind {
            Kind::Mbox => {
                let mut hash = Sha256::new();
                std::io::copy(&mut file, &mut Hashing(&mut hash)).map_err(fail)?;
                file.rewind().map_err(fail)?;
                (Content::Mailbox(file), hash.finalize().into())
            }
            _ => {
                let bytes = terminal::read_limited(path, MOST)?;
                let sha256 = Sha256::digest(&bytes).into();
                match kind {
                    Kind::Eml => (Content::Mail(bytes), sha256),
                    _ => (Content::Chat(read(&bytes, kind, settings).map_err(|error| unread(&shown, error))?), sha256),
                }
            }
        };
        let remarks = match &content {
            Content::Chat(archive) => archive.remarks.clone(),
            _ => Vec::new(),
        };
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let thread = if matches!(kind, Kind::WhatsApp | Kind::SignalText) { thread(path) } else { String::new() };
        Ok(Self { name, shown, kind, sha256, thread, remarks, content })
    }

    /// Calls `each` with everything that stands in it, in order.
    pub fn each(self, mut each: impl FnMut(Read<'_>) -> Outcome<()>) -> Outcome<()> {
        match self.content {
            Content::Chat(archive) => {
                for letter in archive.letters {
                    each(Read::Letter(Box::new(letter), &[]))?;
                }
                archive.skipped.into_iter().try_for_each(|skipped| each(Read::Skipped(skipped)))
            }
            Content::Mail(bytes) => mail(&bytes, &[&bytes], Place::Byte(0), &mut each),
            Content::Mailbox(file) => {
                let mut hash = Sha256::new();
                let reader = BufReader::with_capacity(256 << 10, Tee { file, hash: &mut hash });
                for item in Mailbox::new(reader) {
                    let item = item.map_err(|error| Failure::new(format!("{} can't be read: {error}", self.shown)))?;
                    let place = Place::Byte(item.at);
                    let Some(bytes) = &item.bytes else {
                        each(Read::Skipped(Skipped { place, why: Why::Large }))?;
                        continue;
                    };
                    let forms: Vec<&[u8]> = std::iter::once(bytes).chain(&item.marked).map(Vec::as_slice).collect();
                    mail(bytes, &forms, place, &mut each)?;
                }
                if hash.finalize()[..] != self.sha256 {
                    return Err(Failure::new(format!("{} was changed while it was read", self.shown))
                        .hint("close the mail program and run the command again: what was taken in stands once"));
                }
                Ok(())
            }
        }
    }
}

fn mail(bytes: &[u8], forms: &[&[u8]], place: Place, each: &mut impl FnMut(Read<'_>) -> Outcome<()>) -> Outcome<()> {
    match mail::letter(bytes, place) {
        Ok(letter) => each(Read::Letter(Box::new(letter), forms)),
        Err(why) => each(Read::Skipped(Skipped { place, why })),
    }
}

/// The file is hashed anew on the way: what was taken in is what the log will say.
struct Tee<'a> {
    file: File,
    hash: &'a mut Sha256,
}

impl std::io::Read for Tee<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.hash.update(&buffer[..count]);
        Ok(count)
    }
}

struct Hashing<'a>(&'a mut Sha256);

impl std::io::Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What a chat is called by its file: telephones put the name there, or into the folder's.
fn thread(path: &Path) -> String {
    let stem = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let own = stem(path);
    let name = if own == "_chat" { path.parent().map(stem).unwrap_or_default() } else { own };
    let name = name.strip_prefix("WhatsApp Chat with ").or(name.strip_prefix("WhatsApp Chat - ")).unwrap_or(&name);
    name.to_owned()
}

fn unread(shown: &str, error: Error) -> Failure {
    let failure = Failure::new(format!("{shown}: {error}"));
    match error {
        Error::TwoOrders { .. } => failure.hint("say which with --date-order dmy (31/12) or --date-order mdy (12/31)"),
        Error::NoOrder { .. } => {
            failure.hint("--date-order says which comes first; if a line is damaged, mend it in a copy")
        }
        Error::NotText { .. } => failure.hint("export it again: the telephone writes UTF-8"),
        _ => failure.hint("nothing was taken in; is the export whole?"),
    }
}
