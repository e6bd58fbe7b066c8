//! What can go wrong in a use case.

use countermark_codebook::CodebookError;
use countermark_proof::{SealingError, TableError};

/// An error of the office. Handles and field names stand in it, since the person who typed them needs them back; message texts,
/// names and keys never do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// What went out can't be compared: no such copy.
    #[error("the message has no copy for `{recipient}`")]
    NoCopy {
        /// What was asked for.
        recipient: String,
    },
    /// What the desk holds for the watcher.
    #[error("the vault's record for the watcher: {what}")]
    Desk {
        /// What does not fit.
        what: &'static str,
    },
    /// A file of the watcher's folder can't be written.
    #[error("`{file}` in the watcher's folder can't be written")]
    WatchFolder {
        /// Which.
        file: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// The watcher's index.
    #[error(transparent)]
    Index(#[from] countermark_shelf::Error),
    /// The inbox.
    #[error(transparent)]
    Inbox(#[from] countermark_inbox::Error),
    /// No post that matched is called so, or several are.
    #[error("no single post that matched begins with `{given}`")]
    UnknownMatch {
        /// What was given.
        given: String,
    },
    /// One-time codes stand already, or are off: they are renewed before others are begun.
    #[error("this person's one-time codes are settled already")]
    CodesStand,
    /// An outside clock can't be configured so.
    #[error("{what}")]
    Clock {
        /// What does not fit.
        what: &'static str,
    },
    /// A witness's answer is refused.
    #[error("the witness's answer is refused: {what}")]
    Cosignature {
        /// What does not fit.
        what: &'static str,
    },
    /// The person concerned has not been heard, and his name can't be said before.
    #[error("the person concerned has not been heard yet: {what}")]
    Unheard {
        /// What is missing.
        what: &'static str,
    },
    /// A case is not in the state for this.
    #[error("case {case}: {what}")]
    Case {
        /// The case's id.
        case: String,
        /// Why not.
        what: &'static str,
    },
    /// An approver's identity file does not do.
    #[error("this identity can't approve: {what}")]
    Approver {
        /// Why not.
        what: &'static str,
    },
    /// The message was sealed with fewer than two approvers.
    #[error("the message was sealed with fewer than two approvers: no name can ever be said of it")]
    Nameless,
    /// One person would be counted twice.
    #[error("this person has signed it already, and two different persons must")]
    SignedTwice,
    /// The person concerned has the evidence, his reply is not there, and his term runs.
    #[error("the person concerned has not been heard yet: his term runs, and no reply is there")]
    TermRuns {
        /// When it ends, milliseconds since 1970.
        until_ms: u64,
    },
    /// A case is opened, or a name said, for no reason.
    #[error("the reason is empty")]
    NoReason,
    /// A capture from the future.
    #[error("the capture's time lies in the future")]
    FutureCapture,
    /// What a row would have to hold is more than it may.
    #[error("{what} has {found} bytes, and a row holds at most {most}")]
    LongForRow {
        /// What is too long.
        what: String,
        /// Its bytes.
        found: usize,
        /// The limit.
        most: usize,
    },
    /// Words beside a row that say the name of a recipient.
    #[error("the statement says the name or the handle of a recipient, and a name needs two approvers' signatures")]
    NameInWords,
    /// More than one case begins so.
    #[error("more than one case begins with `{prefix}`")]
    ManyCases {
        /// What was given.
        prefix: String,
    },
    /// A case and a message begin so.
    #[error("a case and a message begin with `{prefix}`")]
    ManyEither {
        /// What was given.
        prefix: String,
    },
    /// There is neither such a case nor such a message.
    #[error("no case or message is called `{given}`")]
    UnknownEither {
        /// What was given.
        given: String,
    },
    /// A capture is larger than one may be.
    #[error("the capture has {found} bytes, at most {most} are kept")]
    LargeCapture {
        /// Bytes found.
        found: usize,
        /// The limit.
        most: usize,
    },
    /// Parts that can't stand in a bundle with a row.
    #[error(
        "parts {parts} hold wordings that were shown before this text was captured, and can't be part of the evidence"
    )]
    Disclosed {
        /// Their numbers.
        parts: String,
    },
    /// A copy is named on the desk, and what strangers can check does not reach the line.
    #[error("{bits:.1} bits are missing before a stranger could check which copy it was")]
    RowMissing {
        /// The bits.
        bits: f64,
    },
    /// There is no such case.
    #[error("no case is called `{given}`")]
    UnknownCase {
        /// What was given.
        given: String,
    },
    /// The codebook can't be drawn.
    #[error(transparent)]
    Codebook(#[from] CodebookError),
    /// The codebook was destroyed.
    #[error("the codebook of message {} was destroyed", &message[..8])]
    CodebookDestroyed {
        /// The message's id.
        message: String,
        /// When, milliseconds since 1970.
        at_ms: u64,
    },
    /// The codebook is there, and its key is not.
    #[error("the key of the codebook of message {} is not in the key file", &message[..8])]
    CodebookKey {
        /// The message's id.
        message: String,
    },
    /// A draft was changed since it was read.
    #[error(
        "the draft was changed by somebody else: it stands at revision {found}, and this is a change of revision {given}"
    )]
    DraftChanged {
        /// On which revision the change was made.
        given: u64,
        /// At which the draft stands.
        found: u64,
    },
    /// A draft is larger than one may be.
    #[error("the draft has {found} bytes of {what}, and a draft holds at most {most}")]
    LargeDraft {
        /// Of what.
        what: &'static str,
        /// Bytes found.
        found: usize,
        /// The limit.
        most: usize,
    },
    /// There is nothing to seal.
    #[error("the text is empty")]
    Empty,
    /// A field's name does not have the form.
    #[error("a field's name has the form [a-z][a-z0-9_]*")]
    FieldName,
    /// A field's value is empty, too long, or holds control characters.
    #[error("the field `{field}` is empty, longer than {longest} bytes, or holds control characters")]
    FieldValue {
        /// The field.
        field: String,
        /// Its longest value.
        longest: usize,
    },
    /// A handle does not have the form.
    #[error("a handle has 1 to 64 letters, digits and . - _ @, and is not `file`")]
    Handle,
    /// An identity of that name exists.
    #[error("there is a person `{name}` already")]
    IdentityExists {
        /// The name.
        name: String,
    },
    /// With the lines that the copies carry below the text, the message is longer than one may be.
    #[error("the message is too long for the lines below it")]
    Long,
    /// The log refused.
    #[error(transparent)]
    Log(#[from] countermark_tlog::error::LogError),
    /// More than one message begins so.
    #[error("more than one message begins with `{prefix}`")]
    ManyMessages {
        /// What was given.
        prefix: String,
    },
    /// More recipients than allowed.
    #[error("{found} recipients, and max_recipients is {most}")]
    ManyRecipients {
        /// Recipients given.
        found: usize,
        /// The limit.
        most: usize,
    },
    /// The vault is no office.
    #[error("the vault holds no office: its log has not been made")]
    NoOffice,
    /// A message was sealed but its leaf is not in the log.
    #[error("the message's leaf is not in the log yet")]
    NotLogged,
    /// The log's name does not have the form.
    #[error("a log's origin has neither white space nor `+`")]
    Origin,
    /// A part can't be opened.
    #[error(transparent)]
    Opening(#[from] countermark_proof::OpeningError),
    /// The log's directory belongs to another vault, or was exchanged.
    #[error("the log's directory does not belong to this vault: {what}")]
    ForeignLog {
        /// What does not fit.
        what: &'static str,
    },
    /// The log's rate is out of range.
    #[error("the log's rate: {what}")]
    Rate {
        /// What does not fit.
        what: &'static str,
    },
    /// What the vault keeps of a message contradicts itself.
    #[error("the record of message {message} is damaged: {what}")]
    Record {
        /// The message's id.
        message: String,
        /// What is wrong.
        what: &'static str,
    },
    /// A recipient stands twice in one message.
    #[error("recipient `{handle}` is given twice")]
    RecipientTwice {
        /// The handle.
        handle: String,
    },
    /// Two recipients would get the same text.
    #[error("two copies would be the same text: a field stands beside a site and completes it")]
    SameText,
    /// The commitment can't be made.
    #[error(transparent)]
    Sealing(#[from] SealingError),
    /// A stamp that the vault keeps is damaged.
    #[error("a time-stamp that the vault keeps is damaged")]
    Stamp,
    /// Nothing was asked of a time-stamper.
    #[error("no request to a time-stamper is open")]
    NoRequest,
    /// All slots of the table are taken.
    #[error("the table of slots is full")]
    TableFull,
    /// The table refused.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The time-stamper's answer does not fit.
    #[error("the time-stamper's answer is refused: {0}")]
    Timestamp(#[from] countermark_tlog::error::TimestampError),
    /// A recipient's field has no value.
    #[error("the field `{field}` of recipient `{handle}` is not filled")]
    UnfilledField {
        /// The recipient.
        handle: String,
        /// The field.
        field: String,
    },
    /// The message is sealed, and its leaf still waits.
    #[error("message {message} is sealed in the vault, but not yet provable: {source}")]
    Unlogged {
        /// The message's id.
        message: String,
        /// Why its leaf is not in the log.
        source: Box<Error>,
    },
    /// A bundle would not verify.
    #[error("the bundle would not verify ({reason}), and was not made")]
    Unprovable {
        /// The verifier's reason.
        reason: String,
    },
    /// Codebooks are gone from the vault, and their keys may still be in the key file.
    #[error("the codebooks are removed, but their keys may still be in the key file: {source}")]
    Undestroyed {
        /// What kept them from being destroyed.
        source: countermark_vault::Error,
    },
    /// The log holds a head of the audit trail that the trail does not have: the vault was set back, or the trail cut.
    #[error(
        "the log holds the audit trail's head of entry {entry}, and this trail does not have it: the vault was set back, or the trail was changed"
    )]
    TrailCut {
        /// The entry that the logged head covers last.
        entry: u64,
    },
    /// No outside clock is known by that name.
    #[error("no witness or time-stamper is called `{name}`")]
    UnknownClock {
        /// What was given.
        name: String,
    },
    /// There is no such draft.
    #[error("there is no such draft: it was deleted, or never was")]
    UnknownDraft,
    /// There is no such identity.
    #[error("there is no person `{name}` in this office")]
    UnknownIdentity {
        /// What was given.
        name: String,
    },
    /// There is no such message.
    #[error("no message is called `{given}`")]
    UnknownMessage {
        /// What was given.
        given: String,
    },
    /// There is no such person.
    #[error("`{handle}` is not in the address book")]
    UnknownPerson {
        /// What was given.
        handle: String,
        /// What was probably meant.
        nearest: Option<String>,
    },
    /// What is shown of a copy could not be written where no older vault that is put back makes it forgotten.
    #[error(
        "which copy it was can't be shown: the journal of looks, where that must be noted first, is missing or damaged"
    )]
    Unshowable,
    /// The published directory or the queue.
    #[error(transparent)]
    Press(#[from] countermark_statement::Error),
    /// What is to be published breaks a rule of its format.
    #[error("the statement can't be published: {0}")]
    Unfit(#[from] countermark_statement::Fault),
    /// A statement is not in the state for this.
    #[error("{what}")]
    Statement {
        /// Why not.
        what: &'static str,
    },
    /// The draft was changed since it was read.
    #[error("the draft was changed by somebody else since it was read")]
    StaleDraft,
    /// There is no such statement.
    #[error("no statement is called `{given}`")]
    UnknownStatement {
        /// What was given.
        given: String,
    },
    /// More than one statement begins so.
    #[error("more than one statement begins with `{prefix}`")]
    ManyStatements {
        /// What was given.
        prefix: String,
    },
    /// A picture that can't be read.
    #[error("the picture can't be read as PNG, JPEG or WebP of at most 2048 x 2048 pixels")]
    Picture,
    /// The vault refused.
    #[error(transparent)]
    Vault(#[from] countermark_vault::Error),
}
