//! The private web application of an office: write, hand over, cases, answer. A file a page under `pages`.
//!
//! A [`Desk`] is locked until somebody of the office signs in; then it holds the open office, and every page asks it. Pages are written
//! by the server and work without script but for what a script alone can do. Whoever is not signed in sees the sign-in page and nothing else.
//!
//! What is outside: the socket (`web`), files and processes (`countermark`), and whatever asks the network: [`Outside`].

#![cfg_attr(test, allow(clippy::unwrap_used))] // a test may stop where it stands

mod audit;
mod cookie;
mod door;
mod form;
mod gate;
mod json;
mod knock;
mod outside;
mod pages;
mod refusal;
mod role;
mod session;
mod shell;
mod state;
mod upload;

pub use outside::{Habits, NewOffice, Outside, SourceState};
pub use pages::table::{Line, Reach, TABLE};
pub use refusal::Refusal;
pub use role::{Role, Roles};
pub use session::{Admission, Signed};
pub use state::{Desk, Options, router};
