#!/usr/bin/env python3
"""A third verifier of Countermark's bundles, written from docs/formats alone, with Python's standard library
and the `openssl` command (3.0 or later, for time-stamps).

    check.py vectors/bundle                 runs every vector
    check.py --bundle FILE [options]        verifies one bundle, prints the report as JSON
    check.py --flips FILE [--every N] ...   flips each bit of a bundle or of a vector's (or every Nth); all must be refused
    check.py --make FOLDER                  writes vectors/rows anew
    check.py --example VECTOR               writes docs/formats/example.md (with a row: example-row.md)
"""

import argparse
import base64
import json
import pathlib
import sys

# No caches among the vectors.
sys.dont_write_bytecode = True

from check import example, example_row, make, verify
from check.basics import Malformed

# A row's count may have more digits than Python likes to write.
sys.set_int_max_str_digits(0)


def bundle_of(vector):
    if "bundle_base64" in vector:
        return base64.b64decode(vector["bundle_base64"])
    return vector["bundle"].encode()


def differences(expected, got):
    """What a report says otherwise than expected; a vector that leaves a field out doesn't ask for it."""
    return [f"{name}: {got.get(name)!r} in place of {value!r}" for name, value in expected.items()
            if got.get(name, verify) != value]


def reader_of(vector):
    trust = vector.get("trust")
    if isinstance(trust, list):
        trust = "\n".join(trust)
    return verify.Reader(vector["log_key"], trust, vector.get("witnesses") or (), vector["small_tables"])


def run_vectors(folder):
    passed = failed = 0
    for path in sorted(pathlib.Path(folder).glob("*.json")):
        vector = json.loads(path.read_text(encoding="utf-8"))
        got = verify.answer(bundle_of(vector), reader_of(vector))
        wrong = differences(vector.get("expected_without_ml_dsa") or vector["expected"], got)
        passed, failed = passed + (not wrong), failed + bool(wrong)
        if wrong:
            print(f"{path.name}: {'; '.join(wrong)}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def run_flips(data, reader, every):
    """Each bundle with one bit flipped must be refused; the bundle itself must not, or nothing would be shown."""
    if not verify.answer(data, reader)["valid"]:
        raise Malformed("the bundle is not valid as it is")
    passed = failed = 0
    for bit in range(0, 8 * len(data), every):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        if verify.answer(bytes(flipped), reader)["valid"]:
            print(f"byte {bit // 8}, bit {bit % 8}: taken")
            failed += 1
        else:
            passed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def run_bundle(data, reader):
    got = verify.answer(data, reader)
    print(json.dumps(got, ensure_ascii=False))
    return 0 if got["valid"] else 1


def read_bundle(path):
    """One byte more than the limit is enough to know that a file is too large."""
    with open(path, "rb") as file:
        return file.read(16 * 1024 * 1024 + 1)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("vectors", nargs="?", help="a folder of vectors")
    what.add_argument("--bundle", metavar="FILE")
    what.add_argument("--flips", metavar="FILE")
    what.add_argument("--example", metavar="VECTOR")
    what.add_argument("--make", metavar="FOLDER")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="flip every Nth bit")
    parser.add_argument("--log-key", metavar="KEY", help="the log's verifier key")
    parser.add_argument("--trust", metavar="PEM", help="file of trusted time-stampers' certificates")
    parser.add_argument("--witness", action="append", default=[], metavar="KEY", help="a trusted witness's key")
    parser.add_argument("--small-tables", action="store_true", help="take tests' tables")
    return parser.parse_args()


def main():
    given = arguments()
    try:
        if given.vectors:
            return run_vectors(given.vectors)
        if given.make:
            make.write(given.make)
            return 0
        if given.example:
            vector = json.loads(pathlib.Path(given.example).read_text(encoding="utf-8"))
            page = example_row if vector["expected"].get("row") else example
            print(page.write(bundle_of(vector), pathlib.Path(given.example).name), end="")
            return 0
        trust = pathlib.Path(given.trust).read_text(encoding="ascii") if given.trust else None
        reader = verify.Reader(given.log_key, trust, given.witness, given.small_tables)
        data = read_bundle(given.bundle or given.flips)
        if given.flips and b'"expected"' in data:  # A vector holds the bundle, and what its reader trusts.
            vector = json.loads(data)
            data, reader = bundle_of(vector), reader_of(vector)
        return run_flips(data, reader, max(1, given.every)) if given.flips else run_bundle(data, reader)
    except (OSError, ValueError, Malformed) as error:
        print(f"check.py: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    # What was written must be the same everywhere.
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    sys.exit(main())
