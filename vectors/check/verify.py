"""Steps 2 to 9 of bundle.md, "Verifying", and the report of vectors/bundle/README.md."""

from . import bundle as form
from . import commitment, note, row, stamp
from .basics import Malformed, Refused, includes, inclusion_steps, leaf_hash, root_from_inclusion

WORDS = {1: "1-5", 2: "6-10", 3: "11-20", 4: "21-40", 5: "more than 40"}
FULL_TABLE = 2**20


class Reader:
    """What the reader brings: a log's key, time-stampers' certificates, witnesses' keys."""

    def __init__(self, log_key=None, trust=None, witnesses=(), small_tables=False):
        self.log_key = log_key and note.parse_key(log_key)
        self.trust = trust
        self.witnesses = [note.parse_key(key) for key in witnesses]
        self.small_tables = small_tables


def refusing(reason, call, *arguments):
    """Calls, and refuses for that reason where the form is wrong."""
    try:
        return call(*arguments)
    except Malformed as error:
        raise Refused(reason, str(error)) from error


def check_table(bundle, checkpoint, reader):
    """Step 4: the slot is in the table, and the table was the log's first entry."""
    table, slot = bundle["table"], bundle["slot"]
    if table["slots"] != FULL_TABLE and not reader.small_tables:
        raise Refused("table-size", "a test's table")
    if slot["index"] >= table["slots"] or len(slot["path"]) != table["slots"].bit_length() - 1:
        raise Refused("slot", "no such slot")
    steps = inclusion_steps(slot["index"], table["slots"], slot["path"])
    root = root_from_inclusion(leaf_hash(commitment.slot_hash(bundle)), steps)
    entry = commitment.table_entry(bundle, root)
    if not includes(checkpoint.root, checkpoint.size, 0, entry, table["proof"]):
        raise Refused("table", "not the log's first entry")


def check_capture(bundle):
    """Step 7; a witness's word on that checkpoint isn't asked for."""
    capture = bundle["capture"]
    proof = capture["log"]["proof"]
    checkpoint, _ = refusing("capture", note.open_checkpoint, proof.checkpoint, bundle["log"])
    entry = commitment.capture_entry(capture)
    if not includes(checkpoint.root, checkpoint.size, proof.index, entry, proof.hashes):
        raise Refused("capture", "not in the log")


def verify(data, reader):
    """The report of a valid bundle; raises Refused for another."""
    bundle = form.read(data)
    log, proof = bundle["log"], bundle["proof"]
    if reader.log_key and reader.log_key != log:
        raise Refused("wrong-log", "another log's key")
    checkpoint, cosigned = refusing("checkpoint", note.open_checkpoint, proof.checkpoint, log, reader.witnesses)
    check_table(bundle, checkpoint, reader)
    row_parts = row.read_parts(bundle) if bundle["row"] else None
    commitment.check_commitment(bundle, row_parts)
    entry = commitment.tag(bundle) + bundle["commitment"]
    if not includes(checkpoint.root, checkpoint.size, proof.index, entry, proof.hashes):
        raise Refused("not-logged", "not the log's entry")
    if bundle["capture"] and bundle["capture"]["log"]:
        check_capture(bundle)
    shown_row = row.check(bundle, row_parts) if bundle["row"] else None
    clocks = []
    if bundle["token"] is not None:
        stamped = stamp.check(bundle["token"], checkpoint.text, reader.trust) if reader.trust else None
        clocks.append(clock("time-stamp", None, stamped, "unknown"))
    clocks += [clock("cosignature", name, time, "not checked") for name, time in cosigned]
    return report(bundle, reader, clocks, shown_row)


def clock(kind, name, time, otherwise):
    return {"kind": kind, "name": name, "state": otherwise if time is None else "trusted", "time": time}


def sealed_after(bundle, reader):
    """The latest time of a trusted witness on the checkpoint before; a broken one gives nothing."""
    if bundle["time"]["after"] is None:
        return None
    try:
        _, cosigned = note.open_checkpoint(bundle["time"]["after"], bundle["log"], reader.witnesses)
    except Malformed:
        return None
    return max((time for _, time in cosigned if time is not None), default=None)


def report(bundle, reader, clocks, shown_row):
    """bundle.md, "What a verifier says", in the shape of vectors/bundle/README.md."""
    before = min((one["time"] for one in clocks if one["time"] is not None), default=None)
    written, capture = bundle["time"]["at"], bundle["capture"]
    numbered = list(enumerate(bundle["parts"], 1))
    return {
        "valid": True,
        "reason": "valid",
        "key": "given" if reader.log_key else "carried",
        "reference": commitment.reference(bundle),
        "written_at": written,
        "opened": [{"part": i, "text": part["text"]} for i, part in numbered if part["text"] is not None],
        "closed": [{"part": i, "words": WORDS[part["class"]]} for i, part in numbered if part["text"] is None],
        "sealed_before": before,
        "sealed_after": sealed_after(bundle, reader),
        "after_publication": bool(capture) and (written if before is None else before) > capture["at"],
        "clocks": clocks,
        "row": shown_row,
    }


def refusal(reason):
    """Of a bundle that fails nothing is shown but the reason."""
    return {"valid": False, "reason": reason, "key": None, "reference": None, "written_at": None, "opened": [],
            "closed": [], "sealed_before": None, "sealed_after": None, "after_publication": False, "clocks": [],
            "row": None}


def answer(data, reader):
    try:
        return verify(data, reader)
    except Refused as refused:
        return refusal(refused.reason)
