//! By what a version of a post, and a picture of it, is known again.

use countermark_sources::{Kind, Post, Role};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// A version of a post, or a picture of one.
pub(crate) type Version = [u8; 16];

/// A post, whatever its version.
pub(crate) type PostId = [u8; 8];

/// The post.
pub(crate) fn post(id: &str) -> PostId {
    first(&hash(&["countermark/watch/post", id]))
}

/// This version of a post: its id, and what its passages say. Addresses of pictures are left out, for services make new ones at
/// every answer; so are times. A deleted post is a version of its own.
pub(crate) fn version(post: &Post) -> Version {
    let kind = if post.kind == Kind::Deleted { "deleted" } else { "" };
    let mut pieces = vec!["countermark/watch/version", post.id.as_str(), kind];
    for passage in &post.passages {
        pieces.extend([role(passage.role), passage.author.as_deref().unwrap_or_default(), passage.text.as_str()]);
    }
    first(&hash(&pieces))
}

/// A picture of a post: the post's id, and its address without host and query.
pub(crate) fn picture(id: &str, url: &str) -> Version {
    let plain = url.split(['?', '#']).next().unwrap_or_default();
    let path = plain.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or(plain, |(_, path)| path);
    first(&hash(&["countermark/watch/picture", id, path]))
}

/// The handle by which an alarm and its item are known: random to everybody without the key, and the same for the same find, so that
/// one that is found again after a kill rings once.
pub(crate) fn handle(key: &[u8; 32], item_key: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(item_key.as_bytes());
    hex(&mac.finalize().into_bytes()[..16])
}

/// The word for a role.
pub(crate) fn role(role: Role) -> &'static str {
    match role {
        Role::Own => "own",
        Role::Forwarded => "forwarded",
        Role::RepliedTo => "replied-to",
        Role::Quoted => "quoted",
        Role::Card => "card",
        Role::Caption => "caption",
        Role::Poll => "poll",
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hash(pieces: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for piece in pieces {
        hash.update((piece.len() as u64).to_be_bytes());
        hash.update(piece);
    }
    hash.finalize().into()
}

fn first<const N: usize>(hash: &[u8; 32]) -> [u8; N] {
    *hash.first_chunk().expect("an id is shorter than a hash")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_known_by_its_path() {
        let one = picture("7", "https://cdn1.example/file/ab.jpg?sign=1");
        assert_eq!(one, picture("7", "https://cdn2.example/file/ab.jpg?sign=2#x"));
        assert_ne!(one, picture("7", "https://cdn1.example/file/ac.jpg"));
        assert_ne!(one, picture("8", "https://cdn1.example/file/ab.jpg"));
        assert_ne!(picture("7", "/posts/a.png"), picture("7", "/posts/b.png"));
    }

    #[test]
    fn a_handle_is_one_for_one_find_and_tells_nothing() {
        assert_eq!(handle(&[1; 32], "k"), handle(&[1; 32], "k"));
        assert_ne!(handle(&[1; 32], "k"), handle(&[2; 32], "k"));
        assert_ne!(handle(&[1; 32], "k"), handle(&[1; 32], "l"));
        assert_eq!(handle(&[1; 32], "k").len(), 32);
    }
}
