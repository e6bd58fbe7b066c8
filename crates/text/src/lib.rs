//! Normalises, cuts and tokenises text, with spans into the original.
