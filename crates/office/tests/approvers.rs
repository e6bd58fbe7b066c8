//! Messages sealed with 0, 1, 2 and 5 approvers: all can be opened; recipients' shares stand only where two could agree.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use common::{create, letter, request, scratch};
use countermark_office::{Error, ProveRequest, Shows};
use countermark_proof::{Tables, VerifyOptions, verify};
use countermark_vault::MemoryStore;

#[test]
fn sealed_with_any_number_of_approvers_it_opens() {
    for approvers in [0, 1, 2, 5] {
        let dir = scratch();
        let mut office = create(&MemoryStore::new(), dir.path());
        let mut files = Vec::new();
        for number in 0..approvers {
            let keep = |file: &countermark_office::IdentityFile| {
                files.push(file.content().to_owned());
                Ok::<_, Error>(())
            };
            office.add_identity(&format!("person {number}"), true, keep).unwrap();
        }
        let sealed = office.seal_now(&request(letter(), 3)).unwrap();
        let shares = office.approvals_possible(&sealed.reference).unwrap();
        assert_eq!(shares, if approvers < 2 { 0 } else { approvers }, "{approvers} approvers");
        let prove = ProveRequest {
            message: &sealed.reference,
            parts: Some(vec![1, 2]),
            capture: None,
            words: None,
            shows: Shows::Text,
        };
        let bundle = office.prove::<Error>(&prove, |_| Ok(())).unwrap();
        let options = VerifyOptions { tables: Tables::AlsoSmall, ..VerifyOptions::default() };
        let report = verify(&bundle.bytes, &options);
        assert!(report.valid, "{approvers} approvers: {}", report.reason_text);
        assert_eq!(report.opened.len(), 2);
        assert!(files.iter().all(|file| file.contains("AGE-SECRET-KEY-1")));
    }
}
