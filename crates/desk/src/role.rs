//! What a person of the office may do at the desk.

use serde::{Deserialize, Serialize};

/// A role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Cases: looks, traces, notes.
    Analyst,
    /// Signs that a recipient may be named.
    Approver,
    /// Statements: writes and publishes them.
    Press,
    /// Messages: writes, seals and hands them over.
    Writer,
}

/// The roles of one person, sorted.
pub type Roles = std::collections::BTreeSet<Role>;
