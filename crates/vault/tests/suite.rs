//! The store in memory passes the suite.

use countermark_vault::{MemoryStore, suite};

#[test]
fn memory_store_passes() {
    suite::run(|| {
        let store = MemoryStore::new();
        Box::new(move || store.clone())
    });
}
