//! Public pages of what was published: statements with their proof, feeds, replies, a static export. It knows no vault and no office.

#![cfg_attr(test, allow(clippy::unwrap_used))] // a test may stop where it stands
