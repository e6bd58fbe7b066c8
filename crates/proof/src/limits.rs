//! The limits of the formats. Whoever verifies refuses what is beyond them before doing any work on it.

/// Parts of one message, at most: a book of letters, and still hashed at once.
pub const PARTS: usize = 16_384;
/// Copies of one message, file copies included, at most.
pub const COPIES: usize = 4_096;
/// Pieces of one commitment, at most.
pub const PIECES: u64 = 1 << 24;
/// Bytes of one part's text or source, at most.
pub const PART_BYTES: usize = 1 << 20;
/// Sites of one message, at most.
pub const SITES: usize = 4_096;
/// Alternatives of one site, at most; at least two.
pub const ALTERNATIVES: u8 = 64;
/// Approvers, at most: a share is one of 255 points, and an office is smaller.
pub const APPROVERS: usize = 64;
/// Bytes of a log's origin, at most.
pub const ORIGIN_BYTES: usize = 255;
/// Bytes of a recipient as committed to, at most.
pub const RECIPIENT_BYTES: usize = 4_096;
/// Decimal digits of `N`, the product of the numbers of alternatives: 64^4096 has 7,399.
pub const TEXTS_DIGITS: usize = 7_399;
/// Bytes of a checkpoint with its signatures, at most.
pub const CHECKPOINT_BYTES: usize = 1 << 16;
/// Bytes of a timestamp token, at most.
pub const TOKEN_BYTES: usize = 1 << 16;
/// Bytes of the writer's words, at most.
pub const WORDS_BYTES: usize = 1 << 16;
/// Hashes of one proof inside a bundle, at most: more than any tree within these limits needs.
pub const PROOF_HASHES: usize = 64;
/// Bytes of a bundle, at most, checked before anything is read.
pub const BUNDLE_BYTES: usize = 16 << 20;
/// Containers in one another in a bundle, at most.
pub const DEPTH: usize = 8;
/// JSON values in a bundle, at most: twice what one with all its parts needs.
pub const VALUES: usize = 1 << 17;
/// Integers in a bundle stay below this in magnitude: what every JSON reader holds exactly.
pub const INTEGER: u64 = 1 << 53;
/// Bytes of a part's source in a row, at most.
pub const ROW_SOURCE_BYTES: usize = 1 << 16;
/// Bytes of the published text in a row, at most.
pub const PUBLISHED_BYTES: usize = 1 << 17;
/// Alternatives that a row shows, at most, counted at each occurrence of a site: each is searched in the published text.
pub const ROW_ALTERNATIVES: usize = 1 << 13;
/// Bytes of the literal text that is kept on one side of a site, at most: two words are never so long in earnest.
pub const ROW_CONTEXT: usize = 1 << 8;
/// Places times wordings that are tried, at most, in the check that texts are renderings of their sources.
pub const ROW_STEPS: usize = 1 << 20;
/// A row's loss, at most, in units of 2^-10 bit: some twelve sites that show another wording.
pub const ROW_LOSS: u64 = (1 << 16) - 1;
/// Hashes of the proof of pieces in a bundle with a row, at most.
pub const ROW_REST: usize = 1 << 16;
/// Bytes of the reason for which a name is made public, at most.
pub const REASON_BYTES: usize = 1 << 12;
