"""What every page of docs/formats uses: refusals, enc and H, base64 and hex, Merkle trees."""

import base64
import binascii
import hashlib
import re


class Refused(Exception):
    """The bundle fails; `reason` is one of the names of bundle.md, "Verifying"."""

    def __init__(self, reason, detail=""):
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class Malformed(Exception):
    """Something is not in its form; who called decides which reason that gives."""


def sha256(data):
    return hashlib.sha256(data).digest()


# commitment.md, "Notation"

def u64(number):
    return number.to_bytes(8, "big")


def enc(*fields):
    """Each field with its length before it, as 4 bytes big-endian."""
    return b"".join(len(field).to_bytes(4, "big") + field for field in fields)


def labelled_hash(label, *fields):
    """`H(label, a, b, ...)`."""
    return sha256(enc(label.encode("ascii"), *fields))


# bundle.md, "Values"

def decode_base64(text):
    """RFC 4648 section 4 with padding and without stray bits: only the one way to write it."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise Malformed("no base64") from error
    if base64.b64encode(data).decode("ascii") != text:
        raise Malformed("base64 with stray bits")
    return data


def decode_hash(text):
    data = decode_base64(text)
    if len(data) != 32:
        raise Malformed("a hash has 32 bytes")
    return data


def decode_hex(text, size):
    if not re.fullmatch(r"[0-9a-f]*", text) or len(text) != 2 * size:
        raise Malformed(f"not {size} bytes in lower-case hex")
    return bytes.fromhex(text)


def decode_decimal(text, limit=2**63 - 1):
    """log.md: decimal numbers have no sign and no leading zeros."""
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", text) or int(text) > limit:
        raise Malformed("no decimal number")
    return int(text)


# log.md, "Tree": RFC 6962, section 2.1

def leaf_hash(entry):
    return sha256(b"\x00" + entry)


def node_hash(left, right):
    return sha256(b"\x01" + left + right)


def inclusion_steps(index, size, proof):
    """The sides of an inclusion proof's hashes, from the leaf up: [("left"|"right", hash), ...].

    Splitting at the largest power of two below the size gives the path from the root down; the proof
    lists it from the leaf up.
    """
    if not 0 <= index < size:
        raise Malformed("no such entry")
    sides = []
    while size > 1:
        split = 1 << (size - 1).bit_length() - 1
        if index < split:
            sides.append("right")
            size = split
        else:
            sides.append("left")
            index, size = index - split, size - split
    sides.reverse()
    if len(sides) != len(proof) or len(proof) > 63:
        raise Malformed("the proof has another length")
    return list(zip(sides, proof))


def root_from_inclusion(leaf, steps):
    for side, sibling in steps:
        leaf = node_hash(sibling, leaf) if side == "left" else node_hash(leaf, sibling)
    return leaf


def includes(root, size, index, entry, proof):
    """Whether the entry is in the tree at that index."""
    try:
        steps = inclusion_steps(index, size, proof)
    except Malformed:
        return False
    return root_from_inclusion(leaf_hash(entry), steps) == root
