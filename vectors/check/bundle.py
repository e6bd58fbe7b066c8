"""From bytes to a bundle whose every field has its form: step 1 of bundle.md, "Verifying"."""

import re

from . import canonical, note
from .basics import Malformed, Refused, decode_base64, decode_hash, decode_hex, labelled_hash

FORMATS = {"countermark/bundle/1": 1, "countermark/bundle/2": 2}
KIB = 1024
MAX_TIME = 2**53 - 1
MAX_U32 = 2**32 - 1


def fail(where, what, reason="field"):
    raise Refused(reason, f"{where}: {what}")


def members(value, where, required, optional=()):
    """An object with these members and no others."""
    if not isinstance(value, dict):
        fail(where, "no object")
    for name in required:
        if name not in value:
            fail(where, f"{name} is missing")
    for name in value:
        if name not in required and name not in optional:
            fail(where, f"{name} is unknown", "unknown-field")
    return value


def integer(value, where, low=0, high=MAX_TIME):
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        fail(where, f"no integer from {low} to {high}")
    return value


def text(value, where, most, least=0):
    if not isinstance(value, str) or not least <= len(value.encode()) <= most:
        fail(where, f"no text of {least} to {most} bytes")
    return value


def items(value, where, most, least=0):
    if not isinstance(value, list) or not least <= len(value) <= most:
        fail(where, f"no list of {least} to {most}")
    return value


def decoded(value, where, decode, *more):
    """A string in a form of its own: base64, a hash, hex, a proof."""
    if not isinstance(value, str):
        fail(where, "no string")
    try:
        return decode(value, *more)
    except Malformed as error:
        fail(where, str(error))


def hashes(value, where, most):
    return [decoded(one, where, decode_hash) for one in items(value, where, most)]


def read(data):
    """The fields of a bundle, decoded. In the page's order: size, JSON, format, form, hash, fields."""
    value = canonical.read(data)
    kind = value.get("format") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in FORMATS:
        raise Refused("format", "not a format known here")
    if canonical.write(value).encode() != data:
        raise Refused("not-canonical", "another way to write it")
    if "~hash" not in value:
        fail("~hash", "is missing")
    claimed = decoded(value["~hash"], "~hash", decode_hash)
    form = canonical.write({name: value[name] for name in value if name != "~hash"}).encode()
    if labelled_hash(kind, form) != claimed:
        raise Refused("hash", "damaged on the way")
    return fields(value, FORMATS[kind])


def fields(value, version):
    """bundle.md, "Fields"."""
    names = ["commitment", "explanations", "format", "log", "message", "parts", "proof", "rest", "settings",
             "slot", "table", "time", "~hash"]
    optional = ["token", "words"]
    # A row asks for a capture: row.md, "The field".
    (names if version == 2 else optional).append("capture")
    members(value, "bundle", names, optional + (["row"] if version == 2 else []))
    if integer(value["explanations"], "explanations", -MAX_TIME) != version:
        raise Refused("explanations", "explanations not known here")
    if version == 2 and "row" not in value:
        fail("bundle", "row is missing")
    bundle = {
        "commitment": decoded(value["commitment"], "commitment", decode_hash),
        "log": log_key(value["log"]),
        "message": decoded(value["message"], "message", decode_hex, 16),
        "parts": [part(one) for one in items(value["parts"], "parts", 16_384, 1)],
        "proof": decoded(value["proof"], "proof", note.parse_proof),
        "rest": hashes(value["rest"], "rest", 65_536 if version == 2 else 64),
        "slot": slot(value["slot"]),
        "time": time(value["time"]),
        "table": table(value["table"]),
        "version": version,
    }
    bundle["settings"] = settings(value["settings"], len(bundle["parts"]))
    bundle["capture"] = capture(value["capture"]) if "capture" in value else None
    bundle["token"] = token(value["token"]) if "token" in value else None
    bundle["words"] = text(value["words"], "words", 64 * KIB) if "words" in value else None
    bundle["row"] = row(value["row"]) if version == 2 else None
    return bundle


def log_key(value):
    if not isinstance(value, str):
        fail("log", "no string")
    try:
        key = note.parse_key(value)
    except Malformed as error:
        fail("log", str(error), "log-key")
    if key.kind != note.ED25519:
        fail("log", "not a key that signs checkpoints", "log-key")
    return key


def part(value):
    """An open part has `salt` and `text`, a closed one `hidden`."""
    if isinstance(value, dict) and "text" in value:
        members(value, "part", ["class", "salt", "text"])
        shown = {"text": text(value["text"], "text", 1024 * KIB), "salt": decoded(value["salt"], "salt", decode_hash)}
    else:
        members(value, "part", ["class", "hidden"])
        shown = {"text": None, "hidden": decoded(value["hidden"], "hidden", decode_hash)}
    return shown | {"class": integer(value["class"], "class", 1, 5)}


def slot(value):
    members(value, "slot", ["index", "nonce", "path"])
    return {
        "index": integer(value["index"], "slot.index"),
        "nonce": decoded(value["nonce"], "slot.nonce", decode_hash),
        "path": hashes(value["path"], "slot.path", canonical.MAX_VALUES),
    }


def table(value):
    members(value, "table", ["id", "proof", "slots"])
    slots = integer(value["slots"], "table.slots")
    if slots & slots - 1 or not 2**8 <= slots <= 2**20:
        fail("table.slots", "no power of two from 2^8 to 2^20", "table-size")
    return {
        "id": decoded(value["id"], "table.id", decode_hash),
        "proof": hashes(value["proof"], "table.proof", 64),
        "slots": slots,
    }


def time(value):
    """`after` must be a checkpoint, whoever signed it: commitment.md, "Limits"."""
    members(value, "time", ["at", "salt"], ["after"])
    after = None
    if "after" in value:
        after = value["after"]
        if not isinstance(after, str):
            fail("time.after", "no string")
        try:
            if len(after.encode()) > 64 * KIB:
                raise Malformed("more than 64 KiB")
            note.parse_checkpoint(after)
        except Malformed as error:
            fail("time.after", str(error), "settings")
    return {"at": integer(value["at"], "time.at"), "salt": decoded(value["salt"], "time.salt", decode_hash),
            "after": after}


def settings(value, parts):
    """commitment.md, "Settings" and "Limits"."""
    numbers = ["coalition", "copies", "epsilon", "eta", "file_copies", "rules"]
    names = ["bias", "spending", "texts"]
    members(value, "settings", numbers + names + ["marked_line", "salt"])
    known = {name: integer(value[name], name, 0, MAX_TIME if name == "epsilon" else 2**32 - 1) for name in numbers}
    for name in names:
        if not isinstance(value[name], str):
            fail(name, "no string")
        known[name] = value[name]
    if not isinstance(value["marked_line"], bool):
        fail("marked_line", "no boolean")
    known["marked_line"] = value["marked_line"]
    known["salt"] = decoded(value["salt"], "settings.salt", decode_hash)
    copies = known["copies"]
    within = (
        all(re.fullmatch(r"[!-~]{1,64}", known[name]) for name in ("bias", "spending"))
        and re.fullmatch(r"[1-9][0-9]{0,7398}", known["texts"])
        and 1_000 <= known["epsilon"] <= 10**13
        and copies <= 4_096
        and known["file_copies"] <= copies
        and 3 + 3 * parts + copies * parts + copies <= 2**24
    )
    if not within:
        fail("settings", "beyond the limits", "settings")
    return known


def capture(value):
    members(value, "capture", ["at", "sha256"], ["log"])
    logged = None
    if "log" in value:
        members(value["log"], "capture.log", ["proof", "salt", "tag"])
        logged = {
            "proof": decoded(value["log"]["proof"], "capture.log.proof", note.parse_proof),
            "salt": decoded(value["log"]["salt"], "capture.log.salt", decode_hash),
            "tag": decoded(value["log"]["tag"], "capture.log.tag", decode_hash),
        }
    return {"at": integer(value["at"], "capture.at"), "log": logged,
            "sha256": decoded(value["sha256"], "capture.sha256", decode_hex, 32)}


def token(value):
    data = decoded(value, "token", decode_base64)
    if len(data) > 64 * KIB:
        fail("token", "more than 64 KiB")
    return data


# row.md, "The field", "Reading a source" (its limits) and "Names"

def row(value):
    members(value, "row", ["copy", "look", "parts", "published"], ["name"])
    members(value["look"], "row.look", ["k", "messages"])
    shown = [row_part(one) for one in items(value["parts"], "row.parts", 16_384)]
    if sum(len(one["sites"]) for one in shown) > 4_096:
        fail("row.parts", "more than 4,096 sites")
    return {
        "copy": integer(value["copy"], "row.copy", 1, MAX_U32),
        "k": integer(value["look"]["k"], "row.look.k", 1, MAX_U32),
        "messages": integer(value["look"]["messages"], "row.look.messages", 1, MAX_U32),
        "parts": shown,
        "published": text(value["published"], "row.published", 128 * KIB),
        "name": name(value["name"]) if "name" in value else None,
    }


def row_part(value):
    salts = ["source_salt", "sites_salt", "symbols_salt"]
    members(value, "row.parts", ["part", "sites", "source", "symbols"] + salts)
    shown = {salt: decoded(value[salt], salt, decode_hash) for salt in salts}
    for what, most in ("sites", 4_095), ("symbols", 63):
        shown[what] = [integer(one, what, 0, most) for one in items(value[what], what, 4_096)]
    return shown | {"part": integer(value["part"], "row.parts.part", 1, MAX_U32),
                    "source": text(value["source"], "source", 64 * KIB)}


def name(value):
    members(value, "row.name", ["approvals", "case", "keys", "keys_salt", "reason", "recipient", "salt", "statement"])
    approvals = []
    for one in items(value["approvals"], "approvals", canonical.MAX_VALUES):
        members(one, "approvals", ["approver", "signature"])
        signature = decoded(one["signature"], "signature", decode_base64)
        if len(signature) != 64:
            fail("signature", "not 64 bytes")
        approvals.append((integer(one["approver"], "approver", 0, 255), signature))
    return {
        "approvals": approvals,
        "case": decoded(value["case"], "case", decode_hex, 16),
        "keys": hashes(items(value["keys"], "keys", 64, 2), "keys", 64),
        "keys_salt": decoded(value["keys_salt"], "keys_salt", decode_hash),
        "reason": text(value["reason"], "reason", 4 * KIB, 1),
        "recipient": text(value["recipient"], "recipient", 4 * KIB, 1),
        "salt": decoded(value["salt"], "name.salt", decode_hash),
        "statement": text(value["statement"], "statement", 64 * KIB),
    }
