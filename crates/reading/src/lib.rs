//! Reads reports and archives: article text, quotations, attributions, update notes, chat and mail exports.

pub mod exports;
pub mod mail;
