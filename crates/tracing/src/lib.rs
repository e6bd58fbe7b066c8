//! Alignment of a published text to a master, observations, verdict, comparison.
