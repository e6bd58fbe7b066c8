//! Statements: what is published of a case, how it is written, and what comes back.
//!
//! The vault has everything first. A version and its bundle are durable in it, in the transaction that notes what they open, before the
//! published directory sees them; what that lacks, [`Office::recover_press`] writes.

mod draft;
mod invite;
mod issue;
mod press;
mod preview;
mod site;
mod slips;
mod sent;
mod view;

pub use view::{
    About, Caution, Draft, Invitation, Issued, PartChoice, PressReport, Preview, Public, SiteSettings, SlipState,
    SlipView, SlipsTaken, StatementSummary, StatementView, VersionLine,
};
