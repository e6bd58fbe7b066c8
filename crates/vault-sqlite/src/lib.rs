//! The vault's store in one SQLite file.
