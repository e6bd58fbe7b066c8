//! The encrypted store of everything private: store trait, record encryption, identities, audit trail.
