//! Commitments, openings and bundles: what a stranger can check.
