//! Finds posts that share words with registered messages.
