//! What the desk and the pressroom share: strict headers, assets, the frame of a page, small pictures, and the server beneath.
//!
//! What is outside: every page, every decision, everything about vaults and statements.

#![cfg_attr(test, allow(clippy::unwrap_used))] // a test may stop where it stands

mod assets;
mod css;
mod headers;
mod look;
mod qr;
mod server;
mod tls;

pub use assets::{Asset, assets};
pub use headers::{CONTENT_SECURITY_POLICY, Policy, strict};
pub use look::{Frame, frame, utc, when};
pub use qr::{qr, qr_sized};
pub use server::{Line, Log, Options, Peer, Ready, Secure, Stay, serve};
pub use tls::{Tls, TlsError};
