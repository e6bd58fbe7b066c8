"""Keys, signed notes, checkpoints, cosignatures and proofs: log.md and the C2SP pages it names."""

import re
from dataclasses import dataclass

from . import ed25519
from .basics import Malformed, decode_base64, decode_decimal, decode_hash, includes, sha256

ED25519, COSIGNATURE, ML_DSA = 0x01, 0x04, 0x06
KEY_SIZES = {ED25519: 32, COSIGNATURE: 32, ML_DSA: 1312}
MAX_NOTE, MAX_PROOF, MAX_KEY = 524_288, 655_360, 8_192


@dataclass(frozen=True)
class Key:
    name: str
    id: bytes
    kind: int
    public: bytes


@dataclass(frozen=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes
    text: bytes         # what is signed and what is time-stamped
    signatures: tuple   # (name, id, bytes) in the note's order


@dataclass(frozen=True)
class Proof:
    index: int
    hashes: tuple
    checkpoint: str


def check_name(name):
    """log.md, "Keys": 1 to 255 bytes without white space, `+` and control characters."""
    if not 1 <= len(name.encode()) <= 255 or any(c.isspace() or c == "+" or c < " " for c in name):
        raise Malformed("no key name")


def parse_key(text):
    """`name+hash+base64(type || public key)`; base64 may hold a `+`, a name can't."""
    parts = text.split("+", 2)
    if len(text.encode()) > MAX_KEY or len(parts) != 3 or not re.fullmatch(r"[0-9a-f]{8}", parts[1]):
        raise Malformed("no verifier key")
    name, key_id, data = parts[0], bytes.fromhex(parts[1]), decode_base64(parts[2])
    check_name(name)
    if not data:
        raise Malformed("no key type")
    kind, public = data[0], data[1:]
    if kind in KEY_SIZES:
        if len(public) != KEY_SIZES[kind]:
            raise Malformed("a public key of another length")
        if sha256(name.encode() + b"\n" + data)[:4] != key_id:
            raise Malformed("the id is not the key's")
    if kind in (ED25519, COSIGNATURE):
        ed25519.check_key(public)
    return Key(name, key_id, kind, public)


def parse_note(note):
    """log.md, "Signed notes": the text and the signatures."""
    if len(note.encode()) > MAX_NOTE:
        raise Malformed("a note too large")
    if any(c < " " and c != "\n" for c in note):
        raise Malformed("a control character in a note")
    head, blank, tail = note.rpartition("\n\n")
    if not blank or not head or not tail.endswith("\n"):
        raise Malformed("no signed note")
    lines = tail[:-1].split("\n")
    if len(lines) > 100:
        raise Malformed("more than 100 signatures")
    signatures = []
    for line in lines:
        match = re.fullmatch("\u2014 ([^ ]+) ([^ ]+)", line)
        if not match:
            raise Malformed("no signature line")
        check_name(match[1])
        data = decode_base64(match[2])
        if len(data) < 5:
            raise Malformed("a signature too short")
        signatures.append((match[1], data[:4], data[4:]))
    return head + "\n", tuple(signatures)


def parse_checkpoint(note):
    """log.md, "Checkpoints"."""
    text, signatures = parse_note(note)
    lines = text[:-1].split("\n")
    if len(lines) < 3 or len(lines) > 19 or not 1 <= len(lines[0].encode()) <= 255:
        raise Malformed("no checkpoint")
    if any(not 1 <= len(line.encode()) <= 1024 for line in lines[3:]):
        raise Malformed("no extension line")
    size, root = decode_decimal(lines[1]), decode_hash(lines[2])
    if size == 0 and root != sha256(b""):
        raise Malformed("an empty tree with another root")
    return Checkpoint(lines[0], size, root, text.encode(), signatures)


def parse_proof(text):
    """C2SP tlog-proof, without extra data."""
    if len(text.encode()) > MAX_PROOF:
        raise Malformed("a proof too large")
    head, blank, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not blank or lines[0] != "c2sp.org/tlog-proof@v1" or len(lines) < 2:
        raise Malformed("no proof")
    if not lines[1].startswith("index "):
        raise Malformed("no index (or extra data)")
    if len(lines) > 65:
        raise Malformed("more than 63 hashes")
    hashes = tuple(decode_hash(line) for line in lines[2:])
    parse_checkpoint(checkpoint)  # One that does not read is no proof; who signed it is looked at later.
    return Proof(decode_decimal(lines[1][6:]), hashes, checkpoint)


def cosignature_time(key, checkpoint, signature):
    """The time of a cosignature/v1 that verifies, else None: log.md, "Cosignatures"."""
    if len(signature) != 72:
        return None
    time = int.from_bytes(signature[:8], "big")
    message = b"cosignature/v1\ntime %d\n" % time + checkpoint.text
    good = time < 2**63 and ed25519.verify(key.public, message, signature[8:])
    return time if good else None


def open_checkpoint(note, log, witnesses=()):
    """The checkpoint, if the log signed it and no known witness's cosignature is wrong.

    Gives with it the cosignatures of the known witnesses in the note's order: [(name, time or None), ...],
    None for ML-DSA-44, which can't be checked here.
    """
    checkpoint = parse_checkpoint(note)
    if checkpoint.origin != log.name:
        raise Malformed("the origin is not the log's name")
    known = {(key.name, key.id): key for key in witnesses}
    signed, seen = False, []
    for name, key_id, signature in checkpoint.signatures:
        if (name, key_id) == (log.name, log.id):
            if not ed25519.verify(log.public, checkpoint.text, signature):
                raise Malformed("the log's signature is wrong")
            signed = True
        elif (name, key_id) in known:
            key = known[name, key_id]
            time = cosignature_time(key, checkpoint, signature) if key.kind == COSIGNATURE else None
            if time is None and key.kind == COSIGNATURE:
                raise Malformed(f"the cosignature of {name} is wrong")
            seen.append((name, time))
    if not signed:
        raise Malformed("not signed by the log")
    return checkpoint, seen


def entry_is_logged(checkpoint, index, entry, hashes):
    return includes(checkpoint.root, checkpoint.size, index, entry, hashes)
