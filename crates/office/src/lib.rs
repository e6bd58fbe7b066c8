//! The use cases: seal, hand over, trace, prove.
