//! Whether a post still says what it said.

use sha2::{Digest as _, Sha256};

use crate::Post;

/// A number for what a post says: its words, and how many pictures it has. Addresses of pictures are left out, for services sign
/// them afresh in every answer, and so are names, which people change.
pub(crate) fn of(post: &Post) -> u64 {
    let mut hash = Sha256::new();
    for passage in &post.passages {
        hash.update([passage.role as u8]);
        hash.update((passage.text.len() as u64).to_be_bytes());
        hash.update(passage.text.as_bytes());
    }
    hash.update((post.pictures.len() as u64).to_be_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let [a, b, c, d, e, f, ..] = digest;
    // Below 2^53, for it is kept in JSON.
    u64::from_be_bytes([0, 0, a, b, c, d, e, f])
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Exchange, Kind, Passage, Picture, Role};

    #[test]
    fn words_and_pictures_count_and_addresses_do_not() {
        let exchange = Arc::new(Exchange { url: String::new(), at_ms: 0, request: Vec::new(), response: Vec::new() });
        let post = |role, text: &str, picture: &str| Post {
            id: "1".into(),
            url: None,
            author: None,
            at: None,
            kind: Kind::New,
            passages: vec![Passage { role, author: None, text: text.into() }],
            pictures: vec![Picture { url: picture.into() }],
            exchange: Arc::clone(&exchange),
        };
        let first = of(&post(Role::Own, "a", "x?sig=1"));
        assert_eq!(first, of(&post(Role::Own, "a", "x?sig=2")));
        assert_ne!(first, of(&post(Role::Own, "b", "x?sig=1")));
        assert_ne!(first, of(&post(Role::Quoted, "a", "x?sig=1")));
        assert!(first < 1 << 53);
    }
}
