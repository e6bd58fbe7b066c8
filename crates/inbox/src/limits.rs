//! How large a spool may become.

/// The most bytes of a record's ciphertext that a reader takes, whatever the writer's limits were: more is no record of ours.
pub(crate) const MAX_RECORD: usize = 64 << 20;

/// What a spool may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of one item, its capture included; at most 63 MiB.
    pub record: usize,
    /// A segment that has become this long gets no more records.
    pub segment: u64,
    /// The most bytes of the whole spool. Beyond it the oldest matches go, alarms never.
    pub spool: u64,
}

impl Default for Limits {
    /// 32 MiB an item, 16 MiB a segment, 2 GiB in all.
    fn default() -> Self {
        Self { record: 32 << 20, segment: 16 << 20, spool: 2 << 30 }
    }
}
