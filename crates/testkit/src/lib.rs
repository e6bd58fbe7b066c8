//! For tests only: clock, seeded randomness, failing disks and stores, sample letters.
