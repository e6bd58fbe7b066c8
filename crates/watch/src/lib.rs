//! The watcher: sources, screening, inbox, the first alarm; never the vault.
