"""text_blind_watermark as a peer: JSON objects on standard input, one a line; `embed` or `extract` as the argument."""

import json
import random
import sys
from importlib.metadata import version

from text_blind_watermark import TextBlindWatermark

PASSWORD = b"bench"


def embed(row):
    text = row["text"]
    place = random.Random(row["seed"]).randrange(len(text) + 1)
    return {"text": TextBlindWatermark(pwd=PASSWORD).add_wm_at_idx(text, str(row["number"]).encode(), place)}


def extract(row):
    try:
        found = TextBlindWatermark(pwd=PASSWORD).extract(row["text"])
        return {"number": int(found.decode("ascii"))}
    except Exception:  # whatever it stumbles over, it found nothing
        return {"number": None}


if sys.argv[1] == "version":
    print(version("text_blind_watermark"))
else:
    act = {"embed": embed, "extract": extract}[sys.argv[1]]
    for line in sys.stdin:
        print(json.dumps(act(json.loads(line))))
