"""The commitment's pieces and the table's slots: commitment.md."""

from .basics import Malformed, Refused, enc, labelled_hash, leaf_hash, node_hash, u64
from .row import sites_of

BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def hidden(salt, content):
    return labelled_hash("countermark/content/1", salt, content)


def settings_content(settings, log):
    """"Settings": the log stands there so that nobody can log somebody else's commitment in a log of his own."""
    return enc(
        log.name.encode(), log.public, u64(settings["rules"]), settings["bias"].encode(), u64(settings["coalition"]),
        u64(settings["eta"]), settings["spending"].encode(), u64(settings["epsilon"]), u64(settings["file_copies"]),
        settings["texts"].encode(), u64(int(settings["marked_line"])))


def sites_content(items):
    """What a part's piece `sites` holds; the bias of version 1 is empty."""
    return b"".join(
        enc(u64(site.number), u64(len(site.alternatives)), u64(site.tie + 1 if site.tie else 0), b"")
        for site in sites_of(items))


def piece_count(parts, copies):
    return 3 + 3 * parts + copies * parts + copies


def shown_pieces(bundle, row_parts=None):
    """The pieces that the reader knows: {index: (kind, public, hidden, content or None)}."""
    settings, parts = bundle["settings"], bundle["parts"]
    total, copies = len(parts), settings["copies"]

    def opened(kind, salt, content, public=b""):
        return kind, public, hidden(salt, content), content

    after = (bundle["time"]["after"] or "").encode()
    pieces = {
        0: opened("settings", settings["salt"], settings_content(settings, bundle["log"]),
                  enc(u64(total), u64(copies))),
        2: opened("time", bundle["time"]["salt"], enc(u64(bundle["time"]["at"]), after)),
    }
    for i, part in enumerate(parts):
        public = enc(u64(part["class"]))
        if part["text"] is None:
            pieces[3 + i] = "text", public, part["hidden"], None
        else:
            pieces[3 + i] = opened("text", part["salt"], part["text"].encode(), public)
    row = bundle["row"]
    if row and row["copy"] > copies:
        raise Malformed("no such copy, so no such pieces")
    if row:
        for part, items in zip(row["parts"], row_parts):
            i = part["part"] - 1
            pieces[3 + total + i] = opened("source", part["source_salt"], part["source"].encode())
            place = 3 + 2 * total + (row["copy"] - 1) * total + i
            pieces[place] = opened("symbols", part["symbols_salt"], bytes(part["symbols"]))
            pieces[3 + 2 * total + copies * total + i] = opened("sites", part["sites_salt"], sites_content(items))
        if row["name"]:
            name = row["name"]
            pieces[1] = opened("approvers", name["keys_salt"], enc(u64(2), *name["keys"]))
            place = 3 + 3 * total + copies * total + row["copy"] - 1
            pieces[place] = opened("recipient", name["salt"], enc(b"recipient", name["recipient"].encode()))
    return pieces


def piece_hash(message, index, count, piece):
    kind, public, hidden_hash, _ = piece
    return labelled_hash(f"countermark/piece/{kind}/1", message, u64(index), u64(count), public, hidden_hash)


def root_from_pieces(known, count, rest, note=lambda *step: None):
    """"Proofs of pieces": the root over `count` pieces, of which `known` are {index: 32 bytes}.

    `note` is told every step, for the worked example.
    """
    indices, left = sorted(known), list(rest)

    def root(start, size, inside):
        if not inside:
            if not left:
                raise Malformed("too few hashes")
            value, how = left.pop(0), "next of rest"
        elif size == 1:
            value, how = leaf_hash(known[start]), "known piece"
        else:
            split = 1 << (size - 1).bit_length() - 1
            near = root(start, split, [i for i in inside if i < start + split])
            far = root(start + split, size - split, [i for i in inside if i >= start + split])
            value, how = node_hash(near, far), "node"
        note(start, size, how, value)
        return value

    value = root(0, count, indices)
    if left:
        raise Malformed("a hash left over")
    return value


def commitment_root(bundle, row_parts=None):
    """Step 5 of bundle.md, "Verifying"."""
    count = piece_count(len(bundle["parts"]), bundle["settings"]["copies"])
    pieces = shown_pieces(bundle, row_parts)
    known = {i: piece_hash(bundle["message"], i, count, piece) for i, piece in pieces.items()}
    return root_from_pieces(known, count, bundle["rest"])


def check_commitment(bundle, row_parts):
    try:
        root = commitment_root(bundle, row_parts)
    except Malformed as error:
        raise Refused("commitment", str(error)) from error
    if root != bundle["commitment"]:
        raise Refused("commitment", "the pieces lead to another one")


# "Table, slots, tags" and "References"

def slot_hash(bundle):
    slot = bundle["slot"]
    return labelled_hash("countermark/slot/1", bundle["table"]["id"], u64(slot["index"]), slot["nonce"])


def tag(bundle):
    slot = bundle["slot"]
    return labelled_hash("countermark/tag/1", bundle["table"]["id"], u64(slot["index"]), slot["nonce"])


def table_entry(bundle, root):
    table = bundle["table"]
    return table["id"] + labelled_hash("countermark/table/1", u64(table["slots"]), root)


def capture_entry(capture):
    log = capture["log"]
    return log["tag"] + labelled_hash("countermark/capture/1", log["salt"], capture["sha256"], u64(capture["at"]))


def reference_bits(bundle):
    """40 bits: the slot's number, and the first 20 bits of a hash that binds it to log and table."""
    index = bundle["slot"]["index"]
    check = labelled_hash("countermark/ref/1", bundle["log"].public, bundle["table"]["id"], u64(index))
    return index << 20 | int.from_bytes(check[:3], "big") >> 4


def reference(bundle):
    bits = reference_bits(bundle)
    letters = "".join(BASE32[bits >> shift & 31] for shift in range(35, -5, -5))
    return letters[:4] + "-" + letters[4:]
