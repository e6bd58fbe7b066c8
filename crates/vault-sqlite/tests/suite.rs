//! The store in a file passes the suite.

use countermark_vault::suite;
use countermark_vault_sqlite::SqliteStore;

#[test]
fn sqlite_store_passes() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut made = 0;
    suite::run(|| {
        made += 1;
        let path = folder.path().join(format!("{made}.db"));
        SqliteStore::create(&path).expect("a new file");
        Box::new(move || SqliteStore::open(&path).expect("the file opens"))
    });
}
