"""Writes the worked example of a bundle with a row: what step 8 of "Verifying" computes (row.md)."""


from . import bundle as form
from . import commitment, row
from .basics import leaf_hash, sha256, u64
from .example import Page, labelled, layout, result

TOP = """# A row, step by step

This page is written by `vectors/check.py --example vectors/bundle/{file}`,
from that vector; it is the companion of [row.md](row.md). The steps that a row shares with every bundle are in [example.md](example.md), and bytes are written
as there. Texts stand between `<` and `>`.
"""


def say_sites(page, bundle, parts):
    """Each open part's source, what it reads as, and the three pieces' contents."""
    shown, total, copies = bundle["row"]["parts"], len(bundle["parts"]), bundle["settings"]["copies"]
    count, pieces = commitment.piece_count(total, copies), commitment.shown_pieces(bundle, parts)
    page.head("Sources and pieces")
    page.say(f"{total} parts and {copies} copies are {count} pieces; the row is copy {bundle['row']['copy']}'s.")
    for items, part in zip(parts, shown):
        i = part["part"] - 1
        page.say(f"**Part {part['part']}** reads as")
        page.block([describe(item) for item in items])
        at = {"source": 3 + total + i, "symbols": 3 + 2 * total + (bundle["row"]["copy"] - 1) * total + i,
              "sites": 3 + 2 * total + copies * total + i}
        page.say("The contents of its piece `symbols` is " + (f"`{pieces[at['symbols']][3].hex()}`" or "empty")
                 + ", that of `sites`" + (":" if row.sites_of(items) else " is empty."))
        for site in row.sites_of(items):
            page.block(layout([(u64(site.number), f"site {site.number}"),
                               (u64(len(site.alternatives)), f"{len(site.alternatives)} alternatives"),
                               (u64(site.tie + 1 if site.tie else 0), f"tie {site.tie}" if site.tie else "not tied"),
                               (b"", "bias")]))
        page.block([line for kind, place in at.items() for line in leaf_rows(bundle, kind, place, count, pieces)])


def leaf_rows(bundle, kind, place, count, pieces):
    value = commitment.piece_hash(bundle["message"], place, count, pieces[place])
    return [f"piece {place}, {kind}: hidden {pieces[place][2].hex()}", f"  leaf hash = {leaf_hash(value).hex()}"]


def describe(item):
    if isinstance(item, str):
        return f"literal   {show(item)}"
    if isinstance(item, row.Field):
        return f"field     [{item.name}]"
    ways = " ".join(show(way) for way in item.alternatives)
    return f"site {item.number}    {ways}   the copy's: {show(item.alternatives[item.symbol])}"


def show(text):
    """A text on one line."""
    return "<" + text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t") + ">"


def say_sightings(page, bundle, parts):
    """Every occurrence's patterns, and where they stand in the folded published text."""
    shown, published = bundle["row"]["parts"], bundle["row"]["published"]
    text = row.fold(published)
    page.head("What is seen")
    page.say("The published text, folded:")
    page.block([show(text)])
    for items in row.runs(parts, shown):
        page.say("Patterns of the occurrences in a run of open parts, in order; the number is that of the first word:")
        lines = []
        for at, item in enumerate(items):
            if isinstance(item, row.Site):
                lines += occurrence_rows(items, at, text)
        page.block(lines or ["no sites"])


def occurrence_rows(items, at, text):
    item, folded = items[at], row.patterns(items, at)
    lines = [f"site {item.number}"]
    if folded is None:
        left, right = row.left_of(items, at), row.right_of(items, at)
        why = "a side without a separator" if left is None or right is None else "too few words, or patterns alike"
        return lines + [f"  not used: {why}"]
    for alternative, pattern in enumerate(folded):
        place = text.find(pattern)
        found = "not there" if place < 0 else f"at word {text.count(' ', 0, place + 1)}"
        lines.append(f"  {alternative}  {show(pattern)}   {found}")
    return lines


def say_worth(page, bundle, parts):
    """Loss, count, of, and both sides of the comparison."""
    shown, settings, own = bundle["row"]["parts"], bundle["settings"], bundle["row"]
    sites = row.check_sites(parts)
    seen = dict(sorted(row.seen_sites(row.sightings(parts, shown, own["published"])).items()))
    lost, count, of = row.weigh(own, sites, seen)
    page.head("What it is worth")
    lines = []
    for number, (alternative, _) in seen.items():
        q, agrees = len(sites[number].alternatives), sites[number].symbol == alternative
        lines.append(f"site {number}: alternative {alternative} of {q} seen, the copy's is {sites[number].symbol}: "
                     + ("no loss" if agrees else f"loss({q}) = {row.loss(q)}"))
    page.block(lines or ["nothing is seen"])
    page.say(f"The row's loss is {lost}, `count` is {count} and `of` is {of}.")
    total, opened, n, texts = len(bundle["parts"]), len(shown), settings["copies"], int(settings["texts"])
    k, price = own["k"], row.price(total, opened)
    left = count * texts * n * k * (k + 1) * own["messages"] * price * 10**15
    right = of * (texts - n + 1) * settings["epsilon"]
    page.block([f"N = {texts}, n = {n}, k = {k}, M = {own['messages']}, P = {total}, o = {opened}, W = {price}, "
                f"E = {settings['epsilon']}",
                f"{left} <= {right}: " + ("enough" if left <= right else "too little")])


def say_name(page, bundle):
    """What the approvers signed."""
    own, name = bundle["row"], bundle["row"]["name"]
    page.head("The name")
    texts = [(name[what].encode(), what) for what in ("statement", "reason")]
    rows, value = labelled(
        "countermark/approval/1", (bundle["log"].public, "the log's key"), (bundle["commitment"], "commitment"),
        (u64(own["copy"]), f"copy {own['copy']}"), (name["recipient"].encode(), "recipient"), (name["case"], "case"),
        (bundle["capture"]["sha256"], "SHA-256 of the capture"),
        (sha256(own["published"].encode()), "SHA-256 of the published text"), *texts)
    page.block(rows, result(value, "what is signed"))
    for number, signature in name["approvals"]:
        page.say(f"Approver {number}, with the key `{name['keys'][number - 1].hex()}`: `{signature.hex()}`.")


def write(data, file):
    bundle = form.read(data)
    parts = row.read_parts(bundle)
    page = Page(TOP.format(file=file))
    say_sites(page, bundle, parts)
    say_sightings(page, bundle, parts)
    say_worth(page, bundle, parts)
    if bundle["row"]["name"]:
        say_name(page, bundle)
    return page.text()
