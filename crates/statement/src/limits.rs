//! The limits of what is published. Whoever reads it refuses what is beyond them before doing any work on it.

/// Statements in one directory, at most.
pub const STATEMENTS: usize = 2_000;
/// Versions of one statement, at most.
pub const VERSIONS: usize = 500;
/// Characters of a statement's name in addresses, at most.
pub const ID: usize = 80;
/// Bytes of `site.json`, at most.
pub const SITE_BYTES: usize = 64 << 10;
/// Bytes of a version's file, at most.
pub const VERSION_BYTES: usize = 4 << 20;
/// Bytes of a bundle, at most; the same that verifiers take.
pub const BUNDLE_BYTES: usize = 16 << 20;
/// Bytes of `state.json`, at most.
pub const STATE_BYTES: usize = 8 << 20;
/// Bytes of `support.png`, at most.
pub const SUPPORT_BYTES: usize = 1 << 20;
/// Pixels of `support.png` in each direction, at most.
pub const SUPPORT_PIXELS: u32 = 2_048;
/// Characters of a title, a byline, a name or another line, at most.
pub const LINE: usize = 300;
/// Characters of an address on the web, at most.
pub const ADDRESS: usize = 2_048;
/// Bytes of a statement's text, at most.
pub const TEXT_BYTES: usize = 128 << 10;
/// Bytes of a post's text, at most.
pub const POST_BYTES: usize = 256 << 10;
/// Bytes of an update note, of a reason, of a site's lines about itself, at most.
pub const NOTE_BYTES: usize = 4 << 10;
/// Parts of an opened message, at most.
pub const PARTS: usize = 16_384;
/// Bytes of a part's text, at most.
pub const PART_BYTES: usize = 1 << 20;
/// Differences in a version, at most.
pub const CHANGES: usize = 2_000;
/// Related statements, at most.
pub const RELATED: usize = 20;
/// Replies to a statement, at most.
pub const REPLIES: usize = 100;
/// Comments under a statement, at most.
pub const COMMENTS: usize = 1_000;
/// Open invitations to reply, at most.
pub const INVITED: usize = 100;
/// Witnesses that a site names, at most.
pub const WITNESSES: usize = 20;
/// Characters of a comment's name, at most.
pub const NAME: usize = 80;
/// Bytes of a comment, at most.
pub const COMMENT_BYTES: usize = 4 << 10;
/// Bytes of a reply, at most.
pub const REPLY_BYTES: usize = 64 << 10;
