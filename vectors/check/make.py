"""Makes vectors/rows: bundles that this verifier's author built from the pages, for the other verifiers to read.

The vectors of vectors/bundle come from the program itself. Here bundles and what is expected of them come from
somebody who has read the pages alone; so a rule that the program reads otherwise shows.
"""

import base64
import hashlib
import json
import math
import pathlib

from . import canonical, commitment, ed25519, note, row, verify
from .basics import enc, labelled_hash, leaf_hash, node_hash, sha256, u64

NAME, SLOTS, SLOT = "rows.example/log", 256, 201
WRITTEN = 1_800_000_000


def b64(data):
    return base64.b64encode(data).decode()


def made(*what):
    """32 bytes that look random and are always the same."""
    return sha256(("/".join(map(str, what))).encode())


# Signing: RFC 8032, section 5.1.6

def secret(seed):
    digest = hashlib.sha512(seed).digest()
    number = int.from_bytes(digest[:32], "little") & (1 << 254) - 8 | 1 << 254
    return number, digest[32:]


def public(seed):
    return ed25519.encode(ed25519.multiply(secret(seed)[0], ed25519.BASE))


def sign(seed, message):
    number, prefix = secret(seed)
    nonce = int.from_bytes(hashlib.sha512(prefix + message).digest(), "little") % ed25519.ORDER
    point = ed25519.encode(ed25519.multiply(nonce, ed25519.BASE))
    digest = hashlib.sha512(point + public(seed) + message).digest()
    answer = (nonce + int.from_bytes(digest, "little") * number) % ed25519.ORDER
    return point + answer.to_bytes(32, "little")


def key_text(name, kind, key):
    """The verifier key."""
    data = bytes([kind]) + key
    return f"{name}+{sha256(name.encode() + bytes([10]) + data)[:4].hex()}+{b64(data)}"


LOG, WITNESS = made("log"), made("witness")
LOG_KEY = key_text(NAME, note.ED25519, public(LOG))
WITNESS_KEY = key_text("witness.example/1", note.COSIGNATURE, public(WITNESS))
# Nobody has the secret of this one: a verifier that checks ML-DSA-44 refuses what it is said to have signed.
ML_DSA_KEY = key_text("witness.example/2", note.ML_DSA, b"".join(made("ml-dsa", i) for i in range(41)))


# Trees

def root(leaves):
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(root(leaves[:split]), root(leaves[split:]))


def inclusion(index, leaves):
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return inclusion(index, leaves[:split]) + [root(leaves[split:])]
    return inclusion(index - split, leaves[split:]) + [root(leaves[:split])]


def rest_of(leaves, known, start=0):
    """The largest subtrees without a known piece, from left to right."""
    if not any(start <= i < start + len(leaves) for i in known):
        return [root(leaves)]
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return rest_of(leaves[:split], known, start) + rest_of(leaves[split:], known, start + split)


class Message:
    """A sealed message: `sources` are the parts' masters, `numbers` their sites, `words` the copies' codewords."""

    def __init__(self, label, sources, numbers, words, files=0, texts=None, classes=None, epsilon=10**13):
        self.sources, self.numbers, self.words = sources, numbers, words
        self.total, self.copies, self.files = len(sources), len(words), files
        self.classes = classes or [3] * self.total
        self.id = made(label)[:16]
        self.items = [row.match_sites(row.read_source(source), number, [0] * len(number))
                      for source, number in zip(sources, numbers)]
        sites = {site.number: len(site.alternatives) for items in self.items for site in row.sites_of(items)}
        self.settings = {
            "bias": "uniform", "coalition": 1, "copies": self.copies, "epsilon": epsilon, "eta": 50,
            "file_copies": files, "marked_line": True, "rules": 1, "spending": "k(k+1)",
            "texts": texts or str(math.prod(sites.values()))}
        self.count = commitment.piece_count(self.total, self.copies)
        self.salts = [made(label, "salt", i) for i in range(self.count)]
        self.pieces = self.all_pieces()
        self.leaves = [leaf_hash(commitment.piece_hash(self.id, i, self.count, (kind, shown, self.hidden(i), None)))
                       for i, (kind, shown, _) in enumerate(self.pieces)]
        self.commitment = root(self.leaves)

    def hidden(self, index):
        return commitment.hidden(self.salts[index], self.pieces[index][2])

    def text(self, part):
        word = self.words[self.copies - self.files] if self.files else None
        symbols = [word[i] if word else 0 for i in self.numbers[part]]
        return row.wording(row.match_sites(row.read_source(self.sources[part]), self.numbers[part], symbols))

    def all_pieces(self):
        """(kind, public, content) of every piece, in the page's order."""
        log = note.parse_key(LOG_KEY)
        content = commitment.settings_content(self.settings, log)
        pieces = [("settings", enc(u64(self.total), u64(self.copies)), content),
                  ("approvers", b"", enc(u64(2), public(made("approver", 1)), public(made("approver", 2)))),
                  ("time", b"", enc(u64(WRITTEN), b""))]
        parts = range(self.total)
        pieces += [("text", enc(u64(self.classes[i])), self.text(i).encode()) for i in parts]
        pieces += [("source", b"", source.encode()) for source in self.sources]
        pieces += [("symbols", b"", bytes(word[i] for i in numbers))
                   for word in self.words for numbers in self.numbers]
        pieces += [("sites", b"", commitment.sites_content(items)) for items in self.items]
        return pieces + [("recipient", b"", enc(b"recipient", b"copy %d" % i) if i <= self.copies - self.files
                          else enc(b"file copy")) for i in range(1, self.copies + 1)]


def shown_parts(message, opened):
    parts = []
    for i in range(message.total):
        part = {"class": message.classes[i]}
        if i + 1 in opened:
            part |= {"salt": b64(message.salts[3 + i]), "text": message.text(i)}
        else:
            part["hidden"] = b64(message.hidden(3 + i))
        parts.append(part)
    return parts


def shown_row(message, opened, copy, published, known):
    """The field `row`; adds the pieces it shows to `known`."""
    parts, total = [], message.total
    for i in (part - 1 for part in opened):
        at = {"source": 3 + total + i, "symbols": 3 + 2 * total + (copy - 1) * total + i,
              "sites": 3 + 2 * total + message.copies * total + i}
        known |= set(at.values())
        salts = {f"{kind}_salt": b64(message.salts[place]) for kind, place in at.items()}
        parts.append(salts | {"part": i + 1, "sites": message.numbers[i], "source": message.sources[i],
                              "symbols": list(message.pieces[at["symbols"]][2])})
    return {"copy": copy, "look": {"k": 1, "messages": 1}, "parts": parts, "published": published}


def cosign(text):
    """A cosignature of each witness; the second one's is made up."""
    time = WRITTEN + 90_000
    first = time.to_bytes(8, "big") + sign(WITNESS, b"cosignature/v1\ntime %d\n" % time + text)
    second = time.to_bytes(8, "big") + bytes(2420)
    keys = [note.parse_key(WITNESS_KEY), note.parse_key(ML_DSA_KEY)]
    return "".join(f"\u2014 {key.name} {b64(key.id + data)}\n" for key, data in zip(keys, (first, second)))


def bundle(message, opened, copy=None, published=None, cosigned=False, logged=False):
    """The bytes of a bundle, logged in a small log of its own."""
    known = {0, 2, *range(3, 3 + message.total)}
    table, slots = made("table"), [made("nonce", i) for i in range(SLOTS)]
    leaves = [leaf_hash(labelled_hash("countermark/slot/1", table, u64(i), nonce)) for i, nonce in enumerate(slots)]
    capture = sha256((published or "").encode())
    stamp, salt = WRITTEN + 50_000, made("capture's salt")
    entries = [table + labelled_hash("countermark/table/1", u64(SLOTS), root(leaves)), made("x") + made("y"),
               labelled_hash("countermark/tag/1", table, u64(SLOT), slots[SLOT]) + message.commitment,
               made("tag") + labelled_hash("countermark/capture/1", salt, capture, u64(stamp)),
               *(made("dummy", i) + made("filling", i) for i in range(3))]
    log = [leaf_hash(entry) for entry in entries]
    text = f"{NAME}\n{len(log)}\n{b64(root(log))}\n".encode()
    signed = (text + f"\n\u2014 {NAME} ".encode()).decode() + b64(note.parse_key(LOG_KEY).id + sign(LOG, text)) + "\n"
    signed += cosign(text) if cosigned else ""

    def proof(index):
        lines = "".join(b64(one) + "\n" for one in inclusion(index, log))
        return f"c2sp.org/tlog-proof@v1\nindex {index}\n{lines}\n{signed}"

    value = {
        "capture": {"at": stamp, "sha256": capture.hex()}, "commitment": b64(message.commitment),
        "explanations": 2 if copy else 1, "format": f"countermark/bundle/{2 if copy else 1}", "log": LOG_KEY,
        "message": message.id.hex(), "parts": shown_parts(message, opened), "proof": proof(2),
        "settings": message.settings | {"salt": b64(message.salts[0])},
        "slot": {"index": SLOT, "nonce": b64(slots[SLOT]), "path": [b64(one) for one in inclusion(SLOT, leaves)]},
        "table": {"id": b64(table), "proof": [b64(one) for one in inclusion(0, log)], "slots": SLOTS},
        "time": {"at": WRITTEN, "salt": b64(message.salts[2])}}
    if logged:
        value["capture"]["log"] = {"proof": proof(3), "salt": b64(salt), "tag": b64(made("tag"))}
    if copy:
        value["row"] = shown_row(message, opened, copy, published, known)
    value["rest"] = [b64(one) for one in rest_of(message.leaves, known)]
    value["~hash"] = b64(labelled_hash(value["format"], canonical.write(value).encode()))
    return canonical.write(value).encode()


# The cases

def wide(copies=3):
    """Sites of 2 to 64 alternatives, between words that stand nowhere else."""
    sizes = [2, 3, 5, 7, 11, 13, 31, 32, 63, 64, 2, 2, 3, 3, 5, 5, 4, 6, 8, 9]
    sources, numbers = [], []
    for part in range(4):
        sites = list(range(5 * part, 5 * part + 5))
        ways = ["{" + "|".join(f"w{i}x{j}" for j in range(sizes[i])) + "}" for i in sites]
        said = "".join(f"before{i} the {way} after{i} and " for i, way in zip(sites, ways))
        sources.append(said + f"end of {part}. ")
        numbers.append(sites)
    words = [[made("word", copy, i)[0] % size for i, size in enumerate(sizes)] for copy in range(copies)]
    return Message("wide", sources, numbers, words, files=1)


def odd():
    """Ties, fields, escapes, letters of other alphabets, sites side by side, a site within a word."""
    sources = [
        "\\{Note\\} to {=name}, on the {#7:harbour|port} of {@spelling:Čapek|Capek} Straße. ",
        "Пишу {Вам|вам лично} о ЁЛКЕ и ежах; ΑΘΗΝΑ {ΝΑΙ|ΟΧΙ} είναι μακριά. ",
        "Take {one|two}{ three| four} and un{do|tie} it’s co\u00adoperation{, however,| all the same} here now. ",
        "The {#7:harbour|port} is {big|large|huge} and |the| rest\\x {#12@other:a|b|c} goes {=place} {so|thus}. ",
        "Only {red|green|blue|grey} then {up|down} was said to {Ann|Bob|Cid} about {it|that|this thing} once in the {morning|evening} of today.\n",
    ]
    numbers = [[0, 1], [2, 3], [4, 5, 6, 7], [0, 8, 9, 10], [11, 12, 13, 14, 15]]
    sizes = [2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 2, 4, 2, 3, 3, 2]
    words = [[made("odd", copy, i)[0] % size for i, size in enumerate(sizes)] for copy in range(2)]
    return Message("odd", sources, numbers, words, classes=[5, 4, 2, 1, 3])


def copys_text(message, copy, changes=()):
    """What a copy says, with the symbols of some sites changed."""
    word = list(message.words[copy - 1])
    for site, symbol in changes:
        word[site] = symbol
    return "".join(row.wording(row.match_sites(row.read_source(source), number, [word[i] for i in number]))
                   for source, number in zip(message.sources, message.numbers))


def cases():
    """(name, what it is about, bundle, witnesses)."""
    message, strange = wide(), odd()
    own, other = message.words[0], copys_text(strange, 1)
    changed = [(i, own[i] ^ 1) for i in (0, 10, 11)]
    twice = copys_text(message, 1) + copys_text(message, 1, [(9, own[9] ^ 1), (3, own[3] ^ 1)])
    everything = [1, 2, 3, 4]
    yield "wide-sites", "sites of 2 to 64 alternatives", bundle(message, everything, 1, copys_text(message, 1)), []
    yield "some-lost", "three wordings changed", bundle(message, everything, 1, copys_text(message, 1, changed)), []
    yield ("wide-lost", "sites of 3, 7 and 64 alternatives changed",
           bundle(message, everything, 1, copys_text(message, 1, [(i, own[i] ^ 1) for i in (1, 3, 9)])), [])
    yield "quoted-twice", "two texts in one: two sites with two sightings", bundle(message, everything, 1, twice), []
    yield "middle-closed", "a closed part ends a run", bundle(message, [1, 3, 4], 1, copys_text(message, 1)), []
    yield "another-row", "the row of another copy", bundle(message, everything, 2, copys_text(message, 1)), []
    yield "odd-letters", "ties, fields, escapes, alphabets, touching sites", bundle(strange, range(1, 6), 1, other), []
    yield ("odd-capitals", "the same in capitals with other marks",
           bundle(strange, range(1, 6), 1, other.upper().replace(" ", " \u2014\u200b")), [])
    yield "odd-closed", "its third part closed", bundle(strange, [1, 2, 4, 5], 1, other), []
    yield "classes", "closed parts of every length class, a capture in the log", bundle(strange, [], logged=True), []
    yield ("after", "a witness who saw it after publication, and one whose kind isn't checked",
           bundle(message, [1], cosigned=True), [WITNESS_KEY, ML_DSA_KEY])


def write(folder):
    """One file a case."""
    folder = pathlib.Path(folder)
    folder.mkdir(exist_ok=True)
    for name, about, data, witnesses in cases():
        vector = {"about": about, "log_key": LOG_KEY, "small_tables": True, "witnesses": witnesses}
        got = verify.answer(data, verify.Reader(LOG_KEY, None, witnesses, True))
        if ML_DSA_KEY in witnesses:
            vector |= {"expected": verify.refusal("checkpoint"), "expected_without_ml_dsa": got}
        else:
            vector["expected"] = got
        text = json.dumps(vector | {"bundle": data.decode()}, ensure_ascii=False, indent=2)
        (folder / f"{vector['expected']['reason']}-{name}.json").write_text(text + "\n", encoding="utf-8")
