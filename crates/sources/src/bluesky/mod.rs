//! Bluesky, by Jetstream.

mod event;
