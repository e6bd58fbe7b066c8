"""Writes docs/formats/example.md: every step of bundle.md, "Verifying", with the bytes of one vector."""

from . import bundle as form
from . import canonical, commitment, ed25519, note
from .basics import inclusion_steps, labelled_hash, leaf_hash, node_hash, root_from_inclusion, sha256, u64

WIDTH = 32

TOP = """# A bundle, byte by byte

This page is written by `vectors/check.py --example vectors/bundle/{file}`, from that vector; it is the
companion of [bundle.md](bundle.md) and [commitment.md](commitment.md). Every step of *Verifying* stands here with its
bytes, so that somebody who writes a verifier can find the first place where his own goes another way.

Bytes are in hex, {width} to a line. `enc` is written one field a line: the four bytes of the length, the field's bytes,
and what it is. What begins with `=` is the SHA-256 of what stands above it.
"""


class Page:
    """Collects the page's lines."""

    def __init__(self, top):
        self.lines = top.split("\n")

    def head(self, text):
        self.lines += ["## " + text, ""]

    def say(self, text):
        self.lines += [text, ""]

    def block(self, *rows):
        self.lines += ["    " + line if line else "" for row in rows for line in row] + [""]

    def text(self):
        return "\n".join(self.lines).rstrip("\n") + "\n"


def dump(data, mark=""):
    """Bytes in lines."""
    if not data:
        return [mark + "(nothing)"]
    pieces = [data[at:at + WIDTH].hex() for at in range(0, len(data), WIDTH)]
    return [(mark if i == 0 else " " * len(mark)) + piece for i, piece in enumerate(pieces)]


def result(data, what=""):
    return [f"= {data.hex()}" + (f"   {what}" if what else "")]


def layout(fields):
    """The fields of an `enc`, one a line: [(bytes, what it is), ...]."""
    rows = []
    for data, what in fields:
        lines = dump(data, f"{len(data):08x} ")
        if not data:
            lines = ["00000000"]
        rows += lines[:-1] + [f"{lines[-1]}   {what}".rstrip()]
    return rows


def labelled(label, *fields):
    """Layout and value of `H(label, ...)`."""
    rows = layout([(label.encode(), f'"{label}"')] + list(fields))
    return rows, labelled_hash(label, *(data for data, _ in fields))


def step_form(page, data, value, kind):
    page.head("Step 1: form and `~hash`")
    text = canonical.write({name: value[name] for name in value if name != "~hash"}).encode()
    page.say(f"The file has {len(data)} bytes. The form is what is left without the field `~hash`: the {len(text) - 1} "
             f"bytes before `,\"~hash\"`, and a closing brace, so {len(text)} bytes. It begins and ends with")
    page.block(dump(text[:WIDTH]), ["..."], dump(text[-WIDTH:]))
    page.say("and is hashed with its label:")
    page.block([f"{len(kind):08x} {kind.encode().hex()}   \"{kind}\"", f"{len(text):08x} ... the form"],
               result(labelled_hash(kind, text), f'in base64 {value["~hash"]}'))
    page.say("That is `~hash`.")


def step_log(page, bundle, value):
    log = bundle["log"]
    page.head("Step 2: the log's key")
    page.say(f"`{value['log']}` is the name, the id, and in base64 the type `01` and the public key. The id is the "
             "first four bytes of the SHA-256 of name, newline, type and key:")
    data = log.name.encode() + b"\n\x01" + log.public
    page.block(dump(data), result(sha256(data)))
    page.say(f"The fingerprint, SHA-256 of the key's 32 bytes, is `{sha256(log.public).hex()}`.")


def step_checkpoint(page, bundle, checkpoint):
    log = bundle["log"]
    page.head("Step 3: the checkpoint")
    page.say("What is signed is the checkpoint's text, from the origin to the newline before the empty line:")
    page.block(dump(checkpoint.text))
    page.say(f"That is the origin `{checkpoint.origin}`, the size {checkpoint.size} and the root "
             f"`{checkpoint.root.hex()}`. A time-stamp would be on the text's SHA-256, "
             f"`{sha256(checkpoint.text).hex()}`. The signature line's base64 holds the key's id and 64 bytes:")
    name, key_id, signature = next(one for one in checkpoint.signatures if (one[0], one[1]) == (log.name, log.id))
    page.block([f"{key_id.hex()}   id"], dump(signature[:32], "R "), dump(signature[32:], "s "))
    if ed25519.verify(log.public, checkpoint.text, signature):
        page.say(f"It verifies under the key `{log.public.hex()}` of `{name}`.")


def path_rows(leaf, steps):
    """Every step of an inclusion proof: the sibling, its side, and what follows."""
    rows, value = dump(leaf, "  "), leaf
    for side, sibling in steps:
        value = node_hash(sibling, value) if side == "left" else node_hash(value, sibling)
        order = "01 || sibling || value" if side == "left" else "01 || value || sibling"
        rows += [f"  sibling {sibling.hex()}   {order}"] + result(value)
    return rows


def step_table(page, bundle, checkpoint):
    slot, table = bundle["slot"], bundle["table"]
    page.head("Step 4: slot and table")
    page.say(f"Slot {slot['index']} of {table['slots']} (a test's table):")
    fields = [(table["id"], "table's id"), (u64(slot["index"]), f"slot {slot['index']}"), (slot["nonce"], "nonce")]
    rows, value = labelled("countermark/slot/1", *fields)
    page.block(rows, result(value, "the slot"))
    page.say("Its leaf hash is SHA-256 of `00` and the slot; the path leads to the table's root. The bits of the "
             "slot's number, from the lowest, say on which side a sibling stands: 1 is left.")
    steps = inclusion_steps(slot["index"], table["slots"], slot["path"])
    root = root_from_inclusion(leaf_hash(value), steps)
    page.block(path_rows(leaf_hash(value), steps))
    rows, second = labelled("countermark/table/1", (u64(table["slots"]), f"{table['slots']} slots"), (root, "root"))
    page.say("The table's leaf in the log is its id and")
    page.block(rows, result(second))
    entry = table["id"] + second
    page.say("so, with its leaf hash SHA-256 of `00` and these 64 bytes,")
    page.block(dump(entry), result(leaf_hash(entry)))
    page.say(f"`table.proof` leads from there, as entry 0 of {checkpoint.size}, to the checkpoint's root:")
    page.block(path_rows(leaf_hash(entry), inclusion_steps(0, checkpoint.size, table["proof"])))


def settings_fields(bundle):
    settings, log = bundle["settings"], bundle["log"]

    def number(name, what):
        return u64(settings[name]), f"{what}: {settings[name]}"

    def text(name, what):
        return settings[name].encode(), f'{what}: "{settings[name]}"'

    return [(log.name.encode(), f'origin: "{log.name}"'), (log.public, "the log's key"),
            number("rules", "version of the rules"), text("bias", "type of the bias vectors"),
            number("coalition", "coalition size"), number("eta", "eta in thousandths"),
            text("spending", "spending of looks"), number("epsilon", "epsilon in 1e-15"),
            number("file_copies", "file copies"), text("texts", "N"),
            (u64(int(settings["marked_line"])), "1 for the line that they are marked")]


def show_piece(page, bundle, index, count, piece, salt):
    """One piece from its content, or from its `hidden`, to its leaf hash."""
    kind, public, value, content = piece
    if content is not None:
        rows, value = labelled("countermark/content/1", (salt, "salt"), (content, "content"))
        page.block(rows, result(value, "hidden"))
    rows, value = labelled(
        f"countermark/piece/{kind}/1", (bundle["message"], "message id"), (u64(index), f"index {index}"),
        (u64(count), f"count {count}"), (public, "public"), (value, "hidden"))
    page.block(rows, result(value, "the piece"), result(leaf_hash(value), "leaf hash: SHA-256 of 00 and the piece"))


def step_pieces(page, bundle):
    settings, parts = bundle["settings"], bundle["parts"]
    total, copies = len(parts), settings["copies"]
    count, pieces = commitment.piece_count(total, copies), commitment.shown_pieces(bundle)
    page.head("Step 5: pieces and commitment")
    page.say(f"{total} parts and {copies} copies are 3 + 3·{total} + {copies}·{total} + {copies} = {count} pieces.")
    page.say("**Piece 0, the settings.** Its content is `enc` of")
    page.block(layout(settings_fields(bundle)))
    page.say(f"and what is public of it, `enc(u64({total}), u64({copies}))`, is `{pieces[0][1].hex()}`. With the salt:")
    show_piece(page, bundle, 0, count, pieces[0], settings["salt"])
    at = bundle["time"]["at"]
    page.say("**Piece 2, the time.** Its content is `enc` of")
    page.block(layout([(u64(at), f"{at}"), ((bundle["time"]["after"] or "").encode(), "checkpoint before")]))
    show_piece(page, bundle, 2, count, pieces[2], bundle["time"]["salt"])
    for i, part in enumerate(parts, 1):
        how = "closed: `hidden` is in the bundle" if part["text"] is None else "open"
        page.say(f"**Piece {2 + i}, the text of part {i}**, {how}; public is `enc(u64({part['class']}))`.")
        show_piece(page, bundle, 2 + i, count, pieces[2 + i], part.get("salt"))
    step_root(page, bundle, count, pieces)


def step_root(page, bundle, count, pieces):
    page.say("**The root.** `root(start, count)` of *Proofs of pieces* in [commitment.md](commitment.md), in the order "
             "in which the values follow; `rest` is the next hash of the field `rest`, `leaf` a leaf hash from above, "
             "`node` SHA-256 of `01` and the values of the two halves:")
    rows = []

    def told(start, size, how, value):
        short = {"next of rest": "rest", "known piece": "leaf"}.get(how, how)
        rows.append(f"root({start}, {size})".ljust(14) + f"{short}  {value.hex()}")

    known = {i: commitment.piece_hash(bundle["message"], i, count, piece) for i, piece in pieces.items()}
    root = commitment.root_from_pieces(known, count, bundle["rest"], told)
    page.block(rows)
    if root == bundle["commitment"]:
        page.say("The last one is `commitment`.")


def step_message(page, bundle, checkpoint):
    slot, proof = bundle["slot"], bundle["proof"]
    page.head("Step 6: the message's leaf in the log")
    fields = [(bundle["table"]["id"], "table's id"), (u64(slot["index"]), f"slot {slot['index']}"),
              (slot["nonce"], "nonce")]
    rows, tag = labelled("countermark/tag/1", *fields)
    page.block(rows, result(tag, "the tag"))
    entry = tag + bundle["commitment"]
    page.say("The leaf is the tag and the commitment; its hash is SHA-256 of `00` and the leaf:")
    page.block(dump(entry), result(leaf_hash(entry)))
    page.say(f"`proof` leads from there, as entry {proof.index} of {checkpoint.size}, to the checkpoint's root:")
    page.block(path_rows(leaf_hash(entry), inclusion_steps(proof.index, checkpoint.size, proof.hashes)))


def step_reference(page, bundle):
    index = bundle["slot"]["index"]
    page.head("The reference")
    rows, value = labelled("countermark/ref/1", (bundle["log"].public, "log's key"),
                           (bundle["table"]["id"], "table's id"), (u64(index), f"slot {index}"))
    page.block(rows, result(value))
    bits = f"{commitment.reference_bits(bundle):040b}"
    groups = [bits[at:at + 5] for at in range(0, 40, 5)]
    page.say(f"The slot's number in 20 bits is `{bits[:20]}`, the first 20 bits of the hash are `{bits[20:]}`. In "
             "groups of five:")
    page.block(["  ".join(groups), "      ".join(commitment.BASE32[int(group, 2)] for group in groups)])
    page.say(f"so the reference is `{commitment.reference(bundle)}`.")


def step_others(page, bundle):
    page.head("Steps 7 to 9")
    there = [("the capture's leaf", bundle["capture"] and bundle["capture"]["log"]), ("a row", bundle["row"]),
             ("a time-stamp token", bundle["token"])]
    left = [what for what, value in there if not value]
    page.say(f"This bundle leaves out {', '.join(left[:-1])} and {left[-1]}, so nothing is left to check. It is valid."
             if len(left) == 3 else "They are not shown here.")


def write(data, file):
    """The whole page for a bundle without a row; raises Refused where the form is wrong."""
    value, bundle = canonical.read(data), form.read(data)
    checkpoint, _ = note.open_checkpoint(bundle["proof"].checkpoint, bundle["log"])
    page = Page(TOP.format(file=file, width=WIDTH))
    step_form(page, data, value, value["format"])
    step_log(page, bundle, value)
    step_checkpoint(page, bundle, checkpoint)
    step_table(page, bundle, checkpoint)
    step_pieces(page, bundle)
    step_message(page, bundle, checkpoint)
    step_reference(page, bundle)
    step_others(page, bundle)
    return page.text()
