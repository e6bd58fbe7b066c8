//! What the vault keeps of a person's way in at the desk.

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A person's way in at the desk. The row's id is that of his identity.
#[derive(Clone, Default, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct DoorRecord {
    /// Which entry of the desk's file (`X.desk`) is his; none while he has none.
    pub entry: Option<String>,
    /// Until when he may take up his invitation, milliseconds since 1970; none once he has, or where there was none.
    pub invited_until: Option<u64>,
    /// His one-time codes.
    pub codes: CodesRecord,
}
record!(DoorRecord, 56);

/// A person's one-time codes (RFC 6238).
#[derive(Clone, Default, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "snake_case")]
pub enum CodesRecord {
    /// To be set up at the next sign-in.
    #[default]
    Wanted,
    /// Shown to him, and not confirmed by a code yet.
    Begun {
        /// The secret.
        secret: [u8; 20],
        /// The recovery codes as he is shown them.
        recovery: Vec<String>,
    },
    /// A sign-in needs one.
    On {
        /// The secret.
        secret: [u8; 20],
        /// The newest time step of which a code was used.
        step: u64,
        /// SHA-256 of the recovery codes that are left.
        recovery: Vec<[u8; 32]>,
    },
    /// He has turned them off.
    Off,
}
