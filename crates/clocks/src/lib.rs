//! The outside clocks, over the wire: time-stampers (RFC 3161, section 3.4) and witnesses (C2SP tlog-witness).
//!
//! A [`Client`] posts what [`countermark_tlog`] wrote and hands back what was answered: a time-stamper's answer as it came, to
//! be verified by who knows his certificates; a witness's cosignatures only after they verified.
//!
//! - Blocking, one request after another, each within [`Limits`]: a time for the whole, a size for the answer.
//! - `https` with the roots of this machine. `http` only to time-stampers, whose answer is signed, and to the loopback.
//! - No redirection is followed, no cookie kept, nothing sent but the request; the loopback is never reached by a proxy.
//! - An [`Error`] names the host and what went wrong; never the rest of the address, which may hold a secret.
//!
//! What is left to the caller: whom to ask and how often, another try after [`Error::retry_after`], the record of what a witness
//! cosigned last, and everything that is kept.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use countermark_clocks::{Client, Limits};
//! use countermark_tlog::timestamp::{Token, request};
//!
//! let client = Client::new(Limits::default())?;
//! let answer = client.timestamp("http://stamp.example/tsr", &request(&[7; 32], 1)?)?;
//! let token = Token::parse(&answer)?; // and then: verify it
//! # Ok(())
//! # }
//! ```
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod address;
mod client;
mod error;

pub use address::{check_timestamper, check_witness};
pub use client::{Client, Limits, MAX_STAMP};
pub use countermark_tlog::witness::Answer;
pub use error::{AddressFault, Error};
