//! Symbols, scores and exact tails: which copy a text came from, and the bound on naming a wrong one.
