//! What went wrong, in words: one sentence that says what and where, and one that says what to do.

use std::fmt;

/// The result of a verb.
pub type Outcome<T = Exit> = Result<T, Failure>;

/// How a verb ended, as `grep` counts it. Errors are a [`Failure`] and exit with 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Found, valid, or done: 0.
    Found,
    /// Not found or not valid: 1.
    NotFound,
}

impl Exit {
    /// Whether something was found.
    pub fn of(found: bool) -> Self {
        if found { Self::Found } else { Self::NotFound }
    }
}

/// An error as the person at the terminal sees it.
#[derive(Debug)]
pub struct Failure {
    what: String,
    hint: Option<String>,
    broken_pipe: bool,
}

impl Failure {
    /// An error with nothing to advise.
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), hint: None, broken_pipe: false }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says which file it was about.
    #[must_use]
    pub fn about(mut self, file: &str) -> Self {
        self.what = format!("{file}: {}", self.what);
        self
    }

    /// The reader of our output went away: that is his right, and no error.
    pub fn is_broken_pipe(&self) -> bool {
        self.broken_pipe
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.what)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

/// Writing to standard output failed.
pub fn output(error: &std::io::Error) -> Failure {
    Failure {
        broken_pipe: error.kind() == std::io::ErrorKind::BrokenPipe,
        ..Failure::new(format!("standard output can't be written: {error}"))
    }
}

impl From<countermark_office::Error> for Failure {
    fn from(error: countermark_office::Error) -> Self {
        use countermark_codebook::CodebookError;
        use countermark_office::Error;
        let what = chain(&error);
        let hint = match &error {
            Error::UnknownPerson { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Error::UnknownPerson { nearest: None, .. } => "`people list` shows the address book".to_owned(),
            Error::UnfilledField { handle, field } => match handle.parse::<u32>() {
                Ok(_) => format!("copies for unnamed recipients have no fields: take {{={field}}} out, or use --to"),
                Err(_) => format!("fill it: people add {handle} --name NAME --set {field}=TEXT"),
            },
            Error::RecipientTwice { .. } => "name every recipient once".to_owned(),
            Error::ManyRecipients { .. } => "send to fewer, or raise max_recipients in the configuration".to_owned(),
            Error::UnknownMessage { .. } => "`messages list` shows ids and references".to_owned(),
            Error::ManyMessages { .. } | Error::ManyEither { .. } => "give more characters of the id".to_owned(),
            Error::NoCopy { .. } => "`messages show MESSAGE` lists the copies".to_owned(),
            Error::Opening(_) => "`messages show MESSAGE` numbers the parts".to_owned(),
            Error::Codebook(CodebookError::TooFewTexts { missing_sites, .. }) => format!(
                "{missing_sites} more {} of two alternatives would do: mark more places, accept more classes (--accept all), or send fewer copies",
                if *missing_sites == 1 { "site" } else { "sites" }
            ),
            Error::Codebook(_) => "mark more places with alternatives, accept more classes, or send fewer copies; `strength` says how many are missing".to_owned(),
            Error::Unlogged { .. } => "do not seal it again: its leaf goes out with the next batch (`log publish`); `messages list` shows it".to_owned(),
            Error::SameText => "put a word between the field and the site beside it".to_owned(),
            Error::Long => "a message has at most 1 MiB; braces in a text that was sent count twice".to_owned(),
            Error::CodebookDestroyed { at_ms, .. } => format!(
                "that was on {}: nobody can say any more which copy was whose; `copy MESSAGE file` and `prove` still work",
                crate::time::show(at_ms / 1000)
            ),
            Error::CodebookKey { .. } => "put the newest X.keys back beside the vault; if it is lost for good, `vault expire --lost` gives the codebooks up".to_owned(),
            Error::Undestroyed { .. } => "run the command again: every command completes it".to_owned(),
            Error::NotLogged => "its leaf waits for the log's next batch: `log publish --now`; if it stays so, `log audit` says why".to_owned(),
            Error::UnknownMatch { .. } => "`case matches` lists the posts that opened no case, by their handles".to_owned(),
            Error::UnknownCase { .. } => "`case list` shows the cases; which copy it was is shown of a case (`case open FILE --reason TEXT`)".to_owned(),
            Error::Unheard { .. } => "`case hear CASE --out FILE` makes what he is sent; then comes his reply (`case reply`), or the end of his term".to_owned(),
            Error::Disclosed { .. } => "leave them closed: name the other parts with --open".to_owned(),
            Error::RowMissing { .. } => "the desk reads damaged wordings, strangers only whole ones; without --row the text can be proved".to_owned(),
            Error::Unshowable => "put X.looks back beside the vault, or see `vault restore --looks`; without --row the text can be proved".to_owned(),
            Error::Approver { .. } => "`identity list` shows who may approve; each signs with the file that `identity add --approver` gave him".to_owned(),
            Error::Nameless => "`prove CASE --row` shows which copy it was, without a name; for messages to come, make two persons approvers first (`identity add NAME --approver --out FILE`)".to_owned(),
            Error::SignedTwice => "a second person signs, with his own file: `--identity FILE case approve CASE`".to_owned(),
            Error::TermRuns { until_ms } => format!(
                "his term ends on {}; if he replies before, keep that: case reply CASE FILE --slot SLOT",
                crate::time::show(until_ms.div_ceil(1000))
            ),
            Error::NoReason => "say why; it stands in the audit trail".to_owned(),
            Error::FutureCapture => "give the time when it was captured, in UTC; if that is right, this machine's clock is behind".to_owned(),
            Error::LongForRow { .. } => "the text of parts can still be proved without --row; a case on the passage in question, and --open with the shorter parts, show the copy".to_owned(),
            Error::NameInWords => "leave it out of --statement; two approvers let it be said with `case approve`, then comes `prove CASE --name`".to_owned(),
            Error::ManyCases { .. } => "give more characters of the id; `case list` shows them".to_owned(),
            Error::UnknownEither { .. } => "`messages list` shows ids and references, `case list` the cases".to_owned(),
            Error::UnknownClock { .. } => "`log witness list` and `log timestamper list` show whom the office asks".to_owned(),
            Error::NoRequest => "make one with `log timestamp --request FILE` and send it first".to_owned(),
            Error::Unfit(_) | Error::StaleDraft => "`publish --help` says what a statement has; nothing was published".to_owned(),
            Error::UnknownStatement { .. } | Error::ManyStatements { .. } => "`publish --list` shows the statements".to_owned(),
            Error::Press(countermark_statement::Error::Disk { .. }) => "see that you may write into X.press/published beside the vault; what was published is kept in the vault, and the next `publish` completes it".to_owned(),
            Error::Vault(error) => return vault(error),
            Error::Log(error) => return log(error),
            _ => return Failure::new(what),
        };
        Failure::new(what).hint(hint)
    }
}

impl From<countermark_ocr::Error> for Failure {
    fn from(error: countermark_ocr::Error) -> Self {
        use countermark_ocr::Error;
        let hint = match &error {
            Error::Missing { .. } => "apt-get install tesseract-ocr tesseract-ocr-eng tesseract-ocr-rus",
            Error::Language { .. } => {
                "or name the languages that are installed with --languages; `tesseract --list-langs` shows them"
            }
            Error::LanguageName(_) => "`tesseract --list-langs` shows the names, for example eng,rus",
            Error::Damaged | Error::Unknown => "save the screenshot again, as PNG",
            Error::Large { .. } | Error::Long { .. } => "cut it: only the passage in question is needed",
            Error::Time { .. } | Error::Output { .. } | Error::Failed { .. } => {
                "cut the picture to the passage in question, or type the passage and trace the text"
            }
            _ => return Self::new(chain(&error)),
        };
        Self::new(chain(&error)).hint(hint)
    }
}

impl From<countermark_vault::Error> for Failure {
    fn from(error: countermark_vault::Error) -> Self {
        vault(&error)
    }
}

fn vault(error: &countermark_vault::Error) -> Failure {
    let failure = Failure::new(chain(error));
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

fn log(error: &countermark_tlog::error::LogError) -> Failure {
    use countermark_tlog::error::LogError;
    let failure = Failure::new(format!("the log: {}", chain(error)));
    match error {
        LogError::Io { source, .. } if source.kind() == std::io::ErrorKind::StorageFull => {
            failure.hint("make room on the disk and run the command again: what was sealed is kept")
        }
        LogError::Io { source, .. } if source.kind() == std::io::ErrorKind::PermissionDenied => {
            failure.hint("see that you may read and write the log's folder and what lies in it")
        }
        LogError::Locked => failure.hint("another countermark is sealing: try again"),
        LogError::Io { .. } | LogError::NotFound | LogError::Missing { .. } => {
            failure.hint("the log lies beside the vault, in a folder ending in .log: put it back, or restore a backup")
        }
        _ => failure.hint("the log was left as it is: `log audit` says what does not fit; a backup brings it back"),
    }
}

/// An error with what caused it: what, then why.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(why) = cause {
        let why_text = why.to_string();
        if !text.contains(&why_text) {
            text.push_str(": ");
            text.push_str(&why_text);
        }
        cause = why.source();
    }
    text
}
