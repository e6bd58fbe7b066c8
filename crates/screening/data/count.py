#!/usr/bin/env python3
"""Counts english.txt from texts: count.py [--letters FILE.jsonl]... [--split N/M] TEXT...

Letters are read one JSON object a line (volume, text); only those whose volume's CRC-32 is N modulo M are counted. TEXTs are
plain English. phrases.txt beside this script counts as one letter a line, three times over.
"""
import argparse
import collections
import json
import math
import pathlib
import re
import zlib

parser = argparse.ArgumentParser()
parser.add_argument("--letters", action="append", default=[])
parser.add_argument("--split", default="0/1")
parser.add_argument("texts", nargs="*")
arguments = parser.parse_args()
part, parts = map(int, arguments.split.split("/"))


def words(text):
    text = text.lower().replace("’", "'")
    return re.findall(r"[a-z0-9]+(?:['.,][a-z0-9]+)*", text)


documents = []  # weight, name of the source, words
for path in arguments.letters:
    for line in open(path, encoding="utf-8"):
        letter = json.loads(line)
        if zlib.crc32(letter["volume"].encode()) % parts == part:
            documents.append((1.0, letter["volume"], words(letter["text"])))
here = pathlib.Path(__file__).parent
for number, line in enumerate((here / "phrases.txt").read_text().splitlines()):
    documents.append((1.5, "phrases", words(line)))
    documents.append((1.5, "phrases'", words(line)))
for path in arguments.texts:
    for block in re.split(r"\n\s*\n", open(path, encoding="utf-8", errors="ignore").read()):
        prose = not re.search(r"[{}$;=<>\\]|^\s{2,}", block) and len(words(block)) > 12
        if prose:
            documents.append((0.25, path, words(block)))

counts = [collections.Counter() for _ in range(4)]
sources = collections.defaultdict(set)
for weight, source, text in documents:
    counts[0][()] += weight * len(text)
    for n in (1, 2, 3):
        for i in range(len(text) - n + 1):
            gram = tuple(text[i : i + n])
            counts[n][gram] += weight
            if len(sources[gram]) < 2:
                sources[gram].add(source)

total = counts[0][()]
bits = {}
for gram, count in counts[1].items():
    if count >= 3 and not any(c.isdigit() for c in gram[0]):
        bits[gram] = min(15, round(-math.log2(count / total)))
for n, least in ((2, 2.0), (3, 2.0)):
    for gram, count in counts[n].items():
        if count < least or len(sources[gram]) < 2:
            continue
        conditional = -math.log2((count - 0.5) / (counts[n - 1][gram[:-1]] + 1))
        shorter = [bits.get(gram[i:], 15) for i in range(1, n)]
        if conditional <= min(shorter) - 1.5:
            bits[gram] = max(0, round(conditional))
print("# Bits of the last word behind the ones before it; counted by count.py, see README.md.")
for gram, value in sorted(bits.items()):
    print(value, " ".join(gram))
