"""A second implementation of the codebook, plain and slow; writes the vectors beside it."""

import hashlib
import hmac
import itertools
import math
import random
import struct
from pathlib import Path

HERE = Path(__file__).parent


def hkdf(key, info):
    """RFC 5869, SHA-256, no salt, one block."""
    prk = hmac.new(bytes(32), key, hashlib.sha256).digest()
    return hmac.new(prk, info + b"\x01", hashlib.sha256).digest()


def chacha20(key, nonce):
    """RFC 8439, the key stream from block 0."""

    def rotate(v, n):
        return ((v << n) | (v >> (32 - n))) & 0xFFFFFFFF

    def quarter(s, a, b, c, d):
        for x, y, z, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            s[x] = (s[x] + s[y]) & 0xFFFFFFFF
            s[z] = rotate(s[z] ^ s[x], n)

    for block in itertools.count():
        start = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574, *struct.unpack("<8I", key), block]
        start += struct.unpack("<3I", nonce)
        s = list(start)
        for _ in range(10):
            for i in range(4):
                quarter(s, i, i + 4, i + 8, i + 12)
            for i in range(4):
                quarter(s, i, (i + 1) % 4 + 4, (i + 2) % 4 + 8, (i + 3) % 4 + 12)
        yield from b"".join(struct.pack("<I", (a + b) & 0xFFFFFFFF) for a, b in zip(s, start))


def draw(key, alternatives, copies):
    derived = hkdf(key, b"countermark/symbols/1")
    rows = []
    for copy in range(copies):
        stream = chacha20(derived, copy.to_bytes(12, "big"))

        def symbol(q):
            while True:
                byte = next(stream)
                if byte < 256 - 256 % q:
                    return byte % q

        row = [symbol(q) for q in alternatives]
        while row in rows:
            row = [symbol(q) for q in alternatives]
        rows.append(row)
    return rows


def merge(sightings):
    """The canonical vector of a site, or None."""
    sums = None
    for v in sightings:
        if len(set(v)) > 1:
            sums = sums or [0] * len(v)
            sums = [s + x * 2**32 // sum(v) for s, x in zip(sums, v)]
    if not sums:
        return None
    most = max(sums)
    vector = [(2 * s * 240 + most) // (2 * most) for s in sums]
    return vector if len(set(vector)) > 1 else None


def log2_units(a, b):
    """The largest w with 2^w b^1024 <= a^1024."""
    a, b = a**1024, b**1024
    w = a.bit_length() - b.bit_length()
    reached = a >= b << w if w >= 0 else a << -w >= b
    return w if reached else w - 1


def scores(vector):
    q, total = len(vector), sum(vector)
    return [log2_units(19 * q * v + total, 20 * total) for v in vector]


def canonical(sites):
    out = b"countermark/observations/1" + struct.pack(">I", len(sites))
    for vector in sites:
        out += bytes([len(vector or [])]) + b"".join(struct.pack(">H", v) for v in vector or [])
    return out


def work(groups, grain):
    """As the documentation of `Evidence::work` has it."""

    def outcomes(losses, m):
        d, w = len(losses), losses[-1][0]
        return min(math.comb(m + d - 1, d - 1), m * (w // grain) + 1)

    order = sorted((outcomes(losses, m), losses, m) for losses, m in groups.items())
    steps, states, reach = 0, 1, 0
    for place, (o, losses, m) in enumerate(order):
        steps += o if len(losses) < 3 else o * m * len(losses)
        if place == len(order) - 1:
            return steps + states
        steps += states * o
        reach += m * (losses[-1][0] // grain)
        states = min(states * o, reach + 1)
    return steps


def evidence(sites):
    """The grain and the tables of losses on it, as long as no site has to go unscored."""
    tables = [v and scores(v) for v in sites]
    grain = 1
    while True:
        lost = [t and [-(-(max(t) - s) // grain) * grain for s in t] for t in tables]
        groups = {}
        for t in filter(None, lost):
            losses = tuple((x, t.count(x)) for x in sorted(set(t)))
            groups[losses] = groups.get(losses, 0) + 1
        if work(groups, grain) <= 2**18:
            return grain, tables, lost
        grain *= 2


def tail(sites, row):
    """Score, count and total over the scored sites, by one dictionary of sums."""
    grain, tables, lost = evidence(sites)
    loss = sum(t[x] for t, x in zip(lost, row) if t)
    sums, of = {0: 1}, 1
    for t in filter(None, lost):
        after = {}
        for s, count in sums.items():
            for x in t:
                after[s + x] = after.get(s + x, 0) + count
        sums, of = after, of * len(t)
    score = sum(max(t) for t in tables if t) - loss
    return grain, score, sum(c for s, c in sums.items() if s <= loss), of


def join(values):
    return ",".join(map(str, values))


def write(name, lines):
    (HERE / name).write_text("".join(f"{line}\n" for line in lines))


def main():
    rng = random.Random(1)

    lines = []
    for key, alternatives, copies in [
        (bytes(32), [2] * 20, 3),
        (bytes(range(32)), [2, 3, 4, 5, 6, 7, 64, 63, 2, 3], 4),
        (bytes([255] * 32), [3, 2], 6),
        (bytes([7] * 32), [2, 2, 2], 8),
        (hashlib.sha256(b"countermark").digest(), [5, 3, 2] * 40, 2),
    ]:
        for copy, row in enumerate(draw(key, alternatives, copies)):
            lines.append(f"{key.hex()} {join(alternatives)} {copy} {join(row)}")
    write("symbols.txt", lines)

    vectors = [[240, v] for v in range(0, 240, 7)]
    vectors += [[240] * m + [0] * (q - m) for q in (3, 4, 5, 64) for m in (1, 2) if m < q]
    for _ in range(60):
        v = [rng.randrange(241) for _ in range(rng.randrange(2, 8))]
        v[rng.randrange(len(v))] = 240
        vectors.append(v)
    write("scores.txt", (f"{join(v)} {join(scores(v))}" for v in vectors if len(set(v)) > 1))

    lines, tails = [], []
    for case in range(40):
        alternatives = [rng.randrange(2, 6) for _ in range(rng.choice([1, 3, 6, 12, 40]))]
        cases = []
        for q in alternatives:
            sightings = []
            for _ in range(rng.choice([0, 1, 1, 2, 3])):
                clear = [0] * q
                clear[rng.randrange(q)] = 1
                # Some cases are unclear throughout, so that a grain is needed.
                sightings.append(clear if rng.random() < (case % 4) / 3 else [rng.randrange(300) for _ in range(q)])
            cases.append(sightings)
        text = ";".join("/".join(map(join, s)) or "-" for s in cases)
        sites = [merge(s) for s in cases]
        lines.append(f"{text} {hashlib.sha256(canonical(sites)).hexdigest()}")
        row = [max(range(q), key=v.__getitem__) if v and rng.random() < 0.8 else rng.randrange(q)
               for q, v in zip(alternatives, sites)]
        grain, score, count, of = tail(sites, row)
        tails.append(f"{join(alternatives)} {text} {grain} {join(row)} {score} {count} {of}")
    write("observations.txt", lines)
    write("tails.txt", tails)


if __name__ == "__main__":
    main()
