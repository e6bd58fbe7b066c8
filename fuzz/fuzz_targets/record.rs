//! The vault's records and header: nothing foreign opens, and what opens has one form.
#![no_main]

use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use countermark_fuzz::Choices;
use countermark_vault::cipher::{CipherError, KeyName, Place, decrypt, encrypt, key_name};
use countermark_vault::store::Rows;
use countermark_vault::{Error, Header, Key, MemoryStore, SlotId, Store, Unlock, Vault, VaultId};
use hkdf::Hkdf;
use libfuzzer_sys::fuzz_target;
use rand_core::{TryCryptoRng, TryRng};
use sha2::Sha256;
use std::convert::Infallible;

const NAME: KeyName = KeyName { domain: 1, generation: 7 };
const KEY: [u8; 32] = [7; 32];
/// The table in which a vault keeps its header.
const META: u8 = 0;
/// Where the ciphertext begins: prefix, salt, commitment, nonce.
const HEAD: usize = 6 + 32 + 32 + 24;

/// An age identity made for nothing but this; no header has a slot for it.
const IDENTITY: &str = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";

fuzz_target!(|data: &[u8]| {
    foreign(data);
    written(data);
    padded(data);
    header(data);
});

fn place() -> Place<'static> {
    Place { vault: VaultId::from_bytes([1; 16]), table: 20, id: b"row", version: 3 }
}

/// Bytes that nobody with the key wrote.
fn foreign(blob: &[u8]) {
    let named = key_name(blob);
    match decrypt(&Key::from_bytes(KEY), place(), blob) {
        // Only the seeds hold a record under this key.
        Ok(content) => {
            assert_eq!(*content, b"content");
            assert_eq!(named, Ok(NAME));
        }
        Err(error) => {
            assert!(named.is_ok() || named == Err(error));
            let _ = error.to_string();
        }
    }
}

/// What was written opens at its place, under its key, unchanged, and not otherwise.
fn written(content: &[u8]) {
    let key = Key::from_bytes(KEY);
    let mut choices = Choices::of(content);
    let mut blob = encrypt(&key, NAME, place(), content, &mut Fixed);
    assert_eq!(key_name(&blob), Ok(NAME));
    assert_eq!(decrypt(&key, place(), &blob).expect("it was written here").as_slice(), content);
    let elsewhere = Place { version: 4, ..place() };
    assert_eq!(decrypt(&key, elsewhere, &blob).err(), Some(CipherError::Tag));
    assert_eq!(decrypt(&Key::from_bytes([8; 32]), place(), &blob).err(), Some(CipherError::Key));
    let at = choices.below(blob.len());
    blob[at] ^= 1 << choices.below(8);
    assert!(decrypt(&key, place(), &blob).is_err(), "byte {at}");
}

/// Under the right key and tag any padding may come; what opens is what `encrypt` would have written.
fn padded(body: &[u8]) {
    let key = Key::from_bytes(KEY);
    let mut head = encrypt(&key, NAME, place(), b"", &mut Fixed);
    head.truncate(HEAD);
    let mut record_key = [0; 64];
    Hkdf::<Sha256>::new(Some(&head[6..38]), &KEY)
        .expand(b"countermark/vault/1/record", &mut record_key)
        .expect("64 bytes");
    let nonce: [u8; 24] = head[HEAD - 24..].try_into().expect("24 bytes");
    let mut associated = b"countermark/vault/1/aad".to_vec();
    associated.extend_from_slice(place().vault.as_bytes());
    associated.extend_from_slice(&[place().table, 3]);
    associated.extend_from_slice(place().id);
    associated.extend_from_slice(&place().version.to_be_bytes());
    associated.extend_from_slice(&head[..6]);
    let mut text = body.to_vec();
    let tag = XChaCha20Poly1305::new(record_key[..32].try_into().expect("32 bytes"))
        .encrypt_inout_detached(&XNonce::from(nonce), &associated, text.as_mut_slice().into())
        .expect("an input is short");
    let blob = [&head[..], &text, &tag].concat();
    match decrypt(&key, place(), &blob) {
        Ok(content) => assert_eq!(encrypt(&key, NAME, place(), &content, &mut Fixed), blob),
        Err(CipherError::Padding) => assert!(body.len() >= 256),
        Err(CipherError::Short(_)) => assert!(body.len() < 256),
        Err(other) => panic!("{other}"),
    }
}

/// A header is read before anything is verified.
fn header(bytes: &[u8]) {
    match Header::parse(bytes) {
        Ok(header) => {
            let slots = header.slots();
            assert!(slots.len() <= countermark_vault::header::MOST_SLOTS);
            assert!(slots.iter().all(|slot| SlotId::parse(&slot.id.to_string()) == Some(slot.id)));
            let written = serde_json::to_vec(&header).expect("a header is strings and numbers");
            assert_eq!(Header::parse(&written).expect("what was written is read"), header);
            let mut store = MemoryStore::new();
            store.write(&mut |rows| rows.put(META, b"header", None, bytes).map(|_| ())).expect("an empty store");
            store.read(&mut |rows: &dyn Rows| Ok(drop(Header::read(rows)))).expect("it is in memory");
            let opened = Vault::open(Box::new(store), Unlock::Identity(IDENTITY), Box::new(Fixed));
            assert!(matches!(opened, Err(Error::WrongIdentity)), "nobody else's header opens: {:?}", opened.err());
        }
        Err(error) => drop(error.to_string()),
    }
}

/// The same salt and nonce every time.
struct Fixed;

impl TryRng for Fixed {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(0x0505_0505)
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(0x0505_0505_0505_0505)
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(5);
        Ok(())
    }
}

impl TryCryptoRng for Fixed {}
