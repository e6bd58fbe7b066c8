"""One copy's row: reading sources, what is seen in a published text, and what that is worth (row.md)."""

import functools
import math
import re
from dataclasses import dataclass

from . import ed25519
from .basics import Malformed, Refused, labelled_hash, sha256, u64

HEAD = re.compile(r"(?:#([1-9][0-9]{0,8})(?:@[a-z]+)?:|@[a-z]+:)")
FIELD = re.compile(r"\{=([a-z][a-z0-9_]*)\}")


@dataclass(frozen=True)
class Site:
    """One occurrence of a site in a source; `number` and `symbol` are filled in by `match_sites`."""

    tie: int
    alternatives: tuple
    number: int = -1
    symbol: int = -1


@dataclass(frozen=True)
class Field:
    name: str


def refuse(what):
    raise Refused("row", what)


# Reading a source

def read_source(source):
    """The items of a source: literal texts (str), sites and fields."""
    items, literal, at = [], [], 0
    while at < len(source):
        if source[at] == "{":
            if literal:
                items.append("".join(literal))
                literal = []
            item, at = read_field(source, at) if source[at + 1:at + 2] == "=" else read_site(source, at)
            items.append(item)
        elif source[at] == "}":
            refuse("a closing brace outside a site")
        else:
            character, at = read_character(source, at)
            literal.append(character)
    return items + (["".join(literal)] if literal else [])


def read_character(source, at):
    """A backslash stands for the next character only where that one has a meaning."""
    if source[at] == "\\" and source[at + 1:at + 2] in ("{", "|", "}", "\\"):
        return source[at + 1], at + 2
    return source[at], at + 1


def read_field(source, at):
    match = FIELD.match(source, at)
    if not match:
        refuse("a field that is none")
    return Field(match[1]), match.end()


def read_site(source, at):
    at, tie = at + 1, 0
    if source[at:at + 1] in ("#", "@"):
        head = HEAD.match(source, at)
        if not head:
            refuse("a site's tie or class that is none")
        tie, at = int(head[1] or 0), head.end()
    alternatives, letters = [], []
    while True:
        if at >= len(source) or source[at] == "{":
            refuse("a site that doesn't end, or one within another")
        if source[at] in "|}":
            alternatives.append("".join(letters))
            letters = []
            at += 1
            if source[at - 1] == "}":
                break
        else:
            character, at = read_character(source, at)
            letters.append(character)
    if not 2 <= len(alternatives) <= 64:
        refuse("a site has 2 to 64 alternatives")
    return Site(tie, tuple(alternatives)), at


def read_parts(bundle):
    """All sources read, each site with its number and symbol; what the pieces' contents need."""
    parts, total, shown = [], 0, bundle["row"]["parts"]
    if [part["part"] for part in shown] != [i for i, part in enumerate(bundle["parts"], 1) if part["text"] is not None]:
        refuse("not one for each open part, ascending")
    for part in shown:
        items = read_source(part["source"])
        total += sum(len(item.alternatives) for item in items if isinstance(item, Site))
        if total > 8_192:
            raise Refused("row-limits", "more than 8,192 alternatives")
        parts.append(match_sites(items, part["sites"], part["symbols"]))
    return parts


def match_sites(items, numbers, symbols):
    """The part's sites in the order of their first occurrence have the numbers in `sites`."""
    ties, order, matched = {}, 0, []
    for item in items:
        if isinstance(item, Site):
            place = ties.get(item.tie) if item.tie else None
            if place is None:
                place, order = order, order + 1
                if item.tie:
                    ties[item.tie] = place
            if place >= min(len(numbers), len(symbols)):
                refuse("more sites than numbers or symbols")
            item = Site(item.tie, item.alternatives, numbers[place], symbols[place])
        matched.append(item)
    if not order == len(numbers) == len(symbols):
        refuse("fewer sites than numbers or symbols")
    return matched


def sites_of(items):
    """The part's sites, each once, in the order of their first occurrence."""
    first = {}
    for item in items:
        if isinstance(item, Site):
            first.setdefault(("tie", item.tie) if item.tie else ("own", len(first)), item)
    return list(first.values())


def check_sites(parts):
    """One number is one site in all parts; gives for each number one of its occurrences."""
    known, by_tie = {}, {}
    for items in parts:
        for one in sites_of(items):
            if by_tie.setdefault(one.tie, one.number) != one.number and one.tie:
                refuse("a tie number with two site numbers")
            before = known.setdefault(one.number, one)
            if before is not one and (not one.tie or before.tie != one.tie):
                refuse("a number that stands for two sites")
        for item in items:
            if isinstance(item, Site):
                before = known[item.number]
                if item.symbol >= len(item.alternatives):
                    refuse("a symbol that is no alternative's")
                if len(item.alternatives) != len(before.alternatives) or item.symbol != before.symbol:
                    refuse("occurrences of one site that differ")
    return dict(sorted(known.items()))


def check_rendering(items, text, tried):
    """Whether the text is a rendering of the source: the set of places that the items can lead to. Gives the trials so far."""
    data, places = text.encode(), {0}
    for item in items:
        tried += len(places) * (len(item.alternatives) if isinstance(item, Site) else 1)
        if tried > 2**20:
            raise Refused("row-limits", "more than 1,048,576 trials")
        if isinstance(item, Site):
            ways = {way.encode() for way in item.alternatives}
        else:
            ways = {(item if isinstance(item, str) else f"[{item.name}]").encode()}
        places = {at + len(way) for at in places for way in ways if data.startswith(way, at)}
        if len(places) > 4_096:
            raise Refused("row-limits", "more than 4,096 places at once")
    if len(data) not in places:
        refuse("a text that is no rendering of its source")
    return tried


def check_texts(sites, settings, all_open):
    """`texts` is the product over all sites; the open ones must divide it."""
    product, texts = math.prod(len(site.alternatives) for site in sites.values()), int(settings["texts"])
    if settings["copies"] > texts:
        refuse("more copies than texts")
    if texts % product or (all_open and texts != product):
        refuse("the number of texts doesn't fit the open sites")


def check_rules(settings):
    """row.md: the line is known for version 1 of the rules alone."""
    known = {"rules": 1, "bias": "uniform", "coalition": 1, "eta": 50, "spending": "k(k+1)"}
    if any(settings[name] != value for name, value in known.items()):
        refuse("rules not known here")


# What is seen: folding

NOTHING = [(0x27,), (0xAD,), (0x2BC,), (0x2018,), (0x2019,), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F),
           (0xFEFF,)]
SEPARATOR = [(0x00, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0xBF), (0xD7,), (0xF7,), (0x1680,), (0x2000, 0x206F),
             (0x2E00, 0x2E7F), (0x3000, 0x303F)]
PLUS_32 = [(0x41, 0x5A), (0xC0, 0xDE), (0x391, 0x3A9), (0x410, 0x42F)]
PLUS_80 = [(0x400, 0x40F)]


def within(code, ranges):
    return any(one[0] <= code <= one[-1] for one in ranges)


@functools.lru_cache(maxsize=8192)
def fold_character(character):
    """What a character becomes: nothing (""), a separator (" "), or one character."""
    code = ord(character)
    if within(code, NOTHING):
        return ""
    if within(code, SEPARATOR):
        return " "
    if within(code, PLUS_32):
        return chr(code + 32)
    return chr(code + 80) if within(code, PLUS_80) else character


def fold(text):
    """A space, and each word with a space after it."""
    words = "".join(map(fold_character, text)).split(" ")
    return " " + "".join(word + " " for word in words if word)


def words_in(text):
    """The places (start, end) of the words in an unfolded text."""
    places, start, left = [], 0, False
    for at, character in enumerate(text + " "):
        folded = fold_character(character)
        if folded == " ":
            if left:
                places.append((start, at))
            start, left = at + 1, False
        elif folded:
            left = True
    return places


# What is seen: contexts

def runs(parts, shown):
    """Each longest run of open parts that follow one another, as one row of items."""
    row, last = [], None
    for items, part in zip(parts, shown):
        if last is not None and part["part"] != last + 1:
            yield row
            row = []
        for item in items:
            if row and isinstance(item, str) and isinstance(row[-1], str):
                row[-1] += item
            else:
                row.append(item)
        last = part["part"]
    yield row


def left_of(row, at):
    """The literal text right before an item, cut to whole words and its last two; None: don't use it."""
    if at == 0:
        return ""
    text, inner = (row[at - 1], at > 1) if isinstance(row[at - 1], str) else ("", True)
    if inner:
        cut = next((i for i, c in enumerate(text) if fold_character(c) == " "), None)
        if cut is None:
            return None
        text = text[cut + 1:]
    words = words_in(text)
    return text[words[-2][0]:] if len(words) >= 2 else text


def right_of(row, at):
    """The literal text right behind an item, likewise."""
    last = len(row) - 1
    if at == last:
        return ""
    text, inner = (row[at + 1], at + 1 < last) if isinstance(row[at + 1], str) else ("", True)
    if inner:
        cut = next((i for i in reversed(range(len(text))) if fold_character(text[i]) == " "), None)
        if cut is None:
            return None
        text = text[:cut]
    words = words_in(text)
    return text[:words[1][1]] if len(words) >= 2 else text


def patterns(row, at):
    """The patterns of an occurrence's alternatives, or None if it is not used."""
    left, right = left_of(row, at), right_of(row, at)
    if left is None or right is None or max(len(left.encode()), len(right.encode())) > 256:
        return None
    folded = [fold(left + alternative + right) for alternative in row[at].alternatives]
    usable = len(set(folded)) == len(folded) and all(one.count(" ") > 3 for one in folded)
    return folded if usable else None


def sightings(parts, shown, published):
    """For each site number the sighted alternatives with the first word's number at the earliest place."""
    text, sighted = fold(published), {}
    for number, folded in used(parts, shown):
        for alternative, pattern in enumerate(folded):
            place = text.find(pattern)
            if place >= 0:
                where = text.count(" ", 0, place + 1)
                found = sighted.setdefault(number, {})
                found[alternative] = min(where, found.get(alternative, where))
    return sighted


def used(parts, shown):
    """The used occurrences as (site number, patterns): none of the patterns is another site's, too."""
    found = [(item.number, patterns(row, at))
             for row in runs(parts, shown) for at, item in enumerate(row) if isinstance(item, Site)]
    found = [(number, folded) for number, folded in found if folded is not None]
    owners = {}
    for number, folded in found:
        for pattern in folded:
            owners.setdefault(pattern, set()).add(number)
    return [(number, folded) for number, folded in found if all(len(owners[pattern]) == 1 for pattern in folded)]


def seen_sites(sighted):
    """{number: (alternative, where)}: a site with two sighted alternatives says nothing."""
    return {number: next(iter(found.items())) for number, found in sighted.items() if len(found) == 1}


# What it is worth

@functools.cache
def loss(q):
    """`hit(q) - miss` in units of 2^-10 bit; the floors are taken exactly."""
    hit = ((19 * q + 1) ** 1024 // 20**1024).bit_length() - 1
    return hit + (20**1024 - 1).bit_length()


def count_codewords(counts, limit):
    """How many codewords lose at most `limit`; `counts` is the number of seen sites by q."""
    totals = {0: 1}
    for q, sites in sorted(counts.items()):
        grown = {}
        for lost, ways in totals.items():
            for missed in range(min(sites, (limit - lost) // loss(q)) + 1):
                key = lost + missed * loss(q)
                grown[key] = grown.get(key, 0) + ways * math.comb(sites, missed) * (q - 1) ** missed
        totals = grown
    return sum(totals.values())


def price(parts, opened):
    """What the owner pays for the choice of parts that he made knowing every row: `W`."""
    return 2 if opened == parts else 2 * parts * math.comb(parts, opened)


def above_line(row, settings, parts, opened, count, of):
    """The comparison in integers under "What it is worth": whether the evidence is enough."""
    n, texts, k = settings["copies"], int(settings["texts"]), row["k"]
    claimed = count * texts * n * k * (k + 1) * row["messages"] * price(parts, opened) * 10**15
    return claimed <= of * (texts - n + 1) * settings["epsilon"]


def weigh(row, sites, seen):
    """The row's loss, and `count` and `of`."""
    lost, counts = 0, {}
    for number, (alternative, _) in seen.items():
        q = len(sites[number].alternatives)
        counts[q] = counts.get(q, 0) + 1
        lost += 0 if sites[number].symbol == alternative else loss(q)
    if lost > 65_535:
        raise Refused("row-below-line", "a loss above 65,535")
    return lost, count_codewords(counts, lost), math.prod(q**m for q, m in counts.items())


def check_name(bundle):
    """row.md, "Names": two or more of the approvers signed it, and it is no file copy."""
    row, settings = bundle["row"], bundle["settings"]
    name = row["name"]
    numbers = [approver for approver, _ in name["approvals"]]
    message = labelled_hash(
        "countermark/approval/1", bundle["log"].public, bundle["commitment"], u64(row["copy"]),
        name["recipient"].encode(), name["case"], bundle["capture"]["sha256"], sha256(row["published"].encode()),
        name["statement"].encode(), name["reason"].encode())
    good = (
        len(numbers) >= 2
        and all(a < b for a, b in zip(numbers, numbers[1:]))
        and 1 <= numbers[0] and numbers[-1] <= len(name["keys"])
        # With a key twice, one person could stand for two: commitment.md, "Limits".
        and len(set(name["keys"])) == len(name["keys"])
        and all(strong_key(key) for key in name["keys"])
        and row["copy"] <= settings["copies"] - settings["file_copies"]
        and all(ed25519.verify(name["keys"][number - 1], message, signature)
                for number, signature in name["approvals"])
    )
    if not good:
        raise Refused("name", "not approved by two of those who must")


def strong_key(key):
    try:
        ed25519.check_key(key)
    except Malformed:
        return False
    return True


def wording(items):
    """The copy's wording of a part."""
    ways = (item.alternatives[item.symbol] if isinstance(item, Site) else
            f"[{item.name}]" if isinstance(item, Field) else item for item in items)
    return "".join(ways)


def check(bundle, parts):
    """Step 8 of "Verifying": gives the report's `row`."""
    row, settings, shown = bundle["row"], bundle["settings"], bundle["row"]["parts"]
    total = len(bundle["parts"])
    sites = check_sites(parts)
    tried = 0
    for items, part in zip(parts, shown):
        tried = check_rendering(items, bundle["parts"][part["part"] - 1]["text"], tried)
    check_texts(sites, settings, len(shown) == total)
    check_rules(settings)
    seen = dict(sorted(seen_sites(sightings(parts, shown, row["published"])).items()))
    lost, count, of = weigh(row, sites, seen)
    if not seen or not above_line(row, settings, total, len(shown), count, of):
        raise Refused("row-below-line", "too little evidence")
    name = row["name"]
    if name:
        check_name(bundle)
    return {
        "copy": row["copy"],
        "file_copy": row["copy"] > settings["copies"] - settings["file_copies"],
        "is_capture": sha256(row["published"].encode()) == bundle["capture"]["sha256"],
        "look": {"k": row["k"], "messages": row["messages"]},
        "loss": lost, "count": str(count), "of": str(of),
        "seen": [{"site": number + 1, "alternative": alternative + 1, "at": where,
                  "agrees": sites[number].symbol == alternative} for number, (alternative, where) in seen.items()],
        "unseen": [number + 1 for number in sites if number not in seen],
        "texts": [{"part": part["part"], "text": wording(items)} for items, part in zip(parts, shown)],
        "name": name and {"recipient": name["recipient"], "statement": name["statement"], "reason": name["reason"],
                          "case": name["case"].hex(), "approvers": [number for number, _ in name["approvals"]]},
    }
