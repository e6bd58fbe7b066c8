//! Reads reports and archives: article text, quotations, attributions, update notes, chat and mail exports.
