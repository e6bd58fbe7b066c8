//! One error type a concern. An error says what was wrong, where, and the value found; never an entry's bytes
//! and never a key.

/// A Merkle proof or tree that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MerkleError {
    /// The entry asked for is not in a tree of that size.
    #[error("entry {index} is not in a tree of size {size}")]
    Index {
        /// Zero-based number of the entry.
        index: u64,
        /// Number of entries in the tree.
        size: u64,
    },
    /// The old tree is larger than the new one, or a size is out of range.
    #[error("no consistency proof from size {old} to size {new}")]
    Sizes {
        /// Size of the older tree.
        old: u64,
        /// Size of the newer tree.
        new: u64,
    },
    /// The proof has another number of hashes than the sizes ask for.
    #[error("the proof has {found} hashes, {expected} are needed")]
    Length {
        /// How many hashes the sizes ask for.
        expected: usize,
        /// How many hashes came.
        found: usize,
    },
    /// The proof's hashes do not lead to the stated root.
    #[error("the proof does not lead to the root")]
    Root,
    /// A compact range was given another number of peaks than its size has.
    #[error("a tree of size {size} has {expected} peaks, found {found}")]
    Peaks {
        /// Number of entries.
        size: u64,
        /// Number of one bits of the size.
        expected: u32,
        /// How many peaks came.
        found: usize,
    },
}

/// A signed note, its keys or its signatures that can't be accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// More bytes than [`note::MAX_NOTE`](crate::note::MAX_NOTE).
    #[error("the note has {size} bytes, at most {limit} are read")]
    TooLarge {
        /// Bytes found.
        size: usize,
        /// The limit.
        limit: usize,
    },
    /// Not UTF-8, or a control character other than a newline.
    #[error("the note has a byte that is not allowed at offset {offset}")]
    Encoding {
        /// Offset of the first such byte.
        offset: usize,
    },
    /// No blank line between text and signatures, no final newline, or no signature.
    #[error("the note has no signature block")]
    NoSignatures,
    /// A line of the signature block is not `— name base64`.
    #[error("signature line {line} is malformed")]
    SignatureLine {
        /// One-based number within the signature block.
        line: usize,
    },
    /// More signatures than [`note::MAX_SIGNATURES`](crate::note::MAX_SIGNATURES).
    #[error("the note has more than {limit} signatures")]
    TooManySignatures {
        /// The limit.
        limit: usize,
    },
    /// A key name is empty, too long, or has a space, a plus sign or a control character.
    #[error("the key name is empty, longer than 255 bytes, or has a space, a plus sign or a control character")]
    KeyName,
    /// A verifier key is not `name+hash+base64`.
    #[error("the verifier key is malformed: {what}")]
    VerifierKey {
        /// Which of its fields.
        what: &'static str,
    },
    /// A text to sign is empty, has no final newline or a character that is not allowed.
    #[error("the text can't be signed: {what}")]
    Text {
        /// What is wrong with it.
        what: &'static str,
    },
    /// The signature of a known key does not verify.
    #[error("signature {line} is by a known key (id {key_id:08x}) and does not verify")]
    BadSignature {
        /// One-based number within the signature block.
        line: usize,
        /// The key's id.
        key_id: u32,
    },
    /// No signature by a known key that could be checked.
    #[error("the note has no valid signature by a known key")]
    Unsigned,
    /// A key of another signature type than the operation needs.
    #[error("the key's signature type is 0x{found:02x}, 0x{expected:02x} is needed")]
    KeyType {
        /// The type needed.
        expected: u8,
        /// The type found.
        found: u8,
    },
}

/// A note's text that is not a checkpoint, or not the one asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// A line is missing or malformed.
    #[error("checkpoint line {line} is not {expected}")]
    Line {
        /// One-based line number.
        line: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// The origin is not the log's.
    #[error("the checkpoint is of another log")]
    Origin,
    /// Too many extension lines.
    #[error("the checkpoint has more than {limit} extension lines")]
    Extensions {
        /// The limit.
        limit: usize,
    },
    /// The note around it.
    #[error(transparent)]
    Note(#[from] NoteError),
}

/// A tile, an entry bundle or a path that is not one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TileError {
    /// A tile has another number of bytes than its width asks for.
    #[error("the tile has {found} bytes, {expected} are needed")]
    Length {
        /// 32 times the width.
        expected: usize,
        /// Bytes found.
        found: usize,
    },
    /// An entry bundle ends within an entry.
    #[error("the bundle ends within entry {entry} at byte {offset}")]
    Truncated {
        /// Zero-based number within the bundle.
        entry: usize,
        /// Where that entry's length prefix starts.
        offset: usize,
    },
    /// Bytes follow the last entry.
    #[error("the bundle has {extra} bytes after its last entry, from byte {offset}")]
    Trailing {
        /// Where they start.
        offset: usize,
        /// How many.
        extra: usize,
    },
    /// An entry is too long for its prefix.
    #[error("entry {entry} has {size} bytes, at most {limit} are possible", limit = crate::tile::MAX_ENTRY)]
    EntrySize {
        /// Zero-based number within what was given.
        entry: usize,
        /// Its bytes.
        size: usize,
    },
}

/// A tlog-proof that can't be accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// More bytes than [`proof::MAX_PROOF_TEXT`](crate::proof::MAX_PROOF_TEXT).
    #[error("the proof has {size} bytes, at most {limit} are read")]
    TooLarge {
        /// Bytes found.
        size: usize,
        /// The limit.
        limit: usize,
    },
    /// A line is missing or malformed.
    #[error("proof line {line} is not {expected}")]
    Line {
        /// One-based line number.
        line: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// The checkpoint in it.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The inclusion proof in it.
    #[error(transparent)]
    Merkle(#[from] MerkleError),
}

impl From<NoteError> for ProofError {
    fn from(error: NoteError) -> Self {
        ProofError::Checkpoint(error.into())
    }
}

/// What keeps a log directory from being read or appended to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// The file system refused.
    #[error("can't {action} {file:?} in the log directory")]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file or directory, relative to the log; empty for the log's directory itself.
        file: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// Another process has the log open for appending.
    #[error("another process is appending to this log")]
    Locked,
    /// There is no checkpoint in the directory, and none was recorded.
    #[error("there is no log in this directory")]
    NotFound,
    /// A log is to be created where something stands already.
    #[error("the directory already holds {file:?}")]
    NotEmpty {
        /// What stands there.
        file: String,
    },
    /// A tile or bundle that the checkpoint calls for is not there.
    #[error("the log's file {file:?} is missing")]
    Missing {
        /// The file.
        file: String,
    },
    /// A tile or bundle has not the right form.
    #[error("the log's file {file:?} is damaged: {source}")]
    Malformed {
        /// The file.
        file: String,
        /// Where and how.
        #[source]
        source: TileError,
    },
    /// Entries, tiles and checkpoint do not fit together.
    #[error("the log is damaged: {finding}{}", if *more { " (and more)" } else { "" })]
    Damaged {
        /// The first thing found.
        finding: crate::directory::Finding,
        /// Whether there is more.
        more: bool,
    },
    /// A checkpoint can't be read, or is not this log's.
    #[error("the {whose} checkpoint is not valid: {source}")]
    Checkpoint {
        /// `directory's` or `recorded`.
        whose: &'static str,
        /// Why.
        #[source]
        source: CheckpointError,
    },
    /// Two checkpoints under the log's key contradict each other.
    #[error("the log has forked: its key signed contradicting checkpoints of sizes {recorded} and {found}")]
    Fork {
        /// Size of the recorded one.
        recorded: u64,
        /// Size of the one in the directory.
        found: u64,
    },
    /// The signer is not the log's.
    #[error("the signing key is not this log's")]
    Signer,
    /// An entry is too long.
    #[error(transparent)]
    Entry(TileError),
    /// Too much for one append.
    #[error("{entries} entries with {bytes} bytes are too much for one append")]
    Batch {
        /// Number of entries.
        entries: usize,
        /// Their bytes.
        bytes: usize,
    },
    /// The caller could not record the checkpoint. Open the log again before the next append.
    #[error("the checkpoint could not be recorded")]
    Commit(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// An append failed after it had signed. What became of it only opening again can tell.
    #[error("an earlier append failed; the log must be opened again")]
    Reopen,
    /// An index or size that the tree has not.
    #[error(transparent)]
    Merkle(#[from] MerkleError),
}

/// A timestamp that can't be accepted: one variant a check.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimestampError {
    /// A signature algorithm that is not implemented.
    #[error("the token's signature algorithm is not supported")]
    Algorithm,
    /// The trust anchors can't be used.
    #[error("the trust anchors can't be used: {what}")]
    Anchors {
        /// Why.
        what: &'static str,
    },
    /// A signed attribute is missing, or there is more than one.
    #[error("the token's signed attribute {which:?} is missing or not alone")]
    Attribute {
        /// Which.
        which: &'static str,
    },
    /// Deeper or with more elements than any token.
    #[error("the {part} has more than {limit} {what}")]
    Bomb {
        /// Which part.
        part: &'static str,
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// The signing certificate is not in the token.
    #[error("the token does not hold its signing certificate")]
    Certificate,
    /// The ESS certificate id names another certificate.
    #[error("the token's signed certificate id is not that of its signing certificate")]
    CertificateId,
    /// No valid chain to a trust anchor at the time stamped.
    #[error("the authority's certificate does not lead to a trust anchor: {reason}")]
    Chain {
        /// The certificate library's word for it.
        reason: String,
    },
    /// Signed data, but not a time-stamp.
    #[error("the token's content is not a time-stamp")]
    ContentType,
    /// Another digest, or another hash algorithm than SHA-256.
    #[error("the token stamps another digest")]
    Imprint,
    /// The signed digest is not that of the content.
    #[error("the token's signed digest is not that of its content")]
    MessageDigest,
    /// Another nonce, or none.
    #[error("the token answers another request")]
    Nonce,
    /// The authority refused to stamp.
    #[error("the authority refused the request (status {status})")]
    Refused {
        /// `PKIStatus` of RFC 3161, section 2.4.2; 2 is rejection.
        status: u8,
    },
    /// The signature does not verify.
    #[error("the token's signature does not verify")]
    Signature,
    /// Not DER, or not of the right form.
    #[error("the {part} is malformed")]
    Structure {
        /// Which part.
        part: &'static str,
    },
    /// More bytes than [`timestamp::MAX_TOKEN`](crate::timestamp::MAX_TOKEN).
    #[error("the token has {size} bytes, at most {limit} are read")]
    TooLarge {
        /// Bytes found.
        size: usize,
        /// The limit.
        limit: usize,
    },
    /// The certificate's extended key usage is not time stamping, critical and alone.
    #[error("the authority's certificate is not for time stamping alone")]
    Usage,
}
