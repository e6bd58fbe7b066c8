"""stegsnow as a peer: JSON objects on standard input, one a line; `embed` or `extract` as the argument."""

import json
import subprocess
import sys
import tempfile

PASSWORD = "bench"


def embed(row):
    with tempfile.NamedTemporaryFile("w+", newline="") as file:
        file.write(row["text"])
        file.flush()
        call = ["stegsnow", "-C", "-Q", "-p", PASSWORD, "-m", str(row["number"]), file.name]
        out = subprocess.run(call, capture_output=True, check=True).stdout
    return {"text": out.decode("utf-8")}


def extract(row):
    with tempfile.NamedTemporaryFile("w+", newline="") as file:
        file.write(row["text"])
        file.flush()
        call = ["stegsnow", "-C", "-Q", "-p", PASSWORD, file.name]
        found = subprocess.run(call, capture_output=True, check=False).stdout
    try:
        return {"number": int(found.decode("ascii"))}
    except ValueError:
        return {"number": None}


if sys.argv[1] == "version":
    call = ["dpkg-query", "-W", "-f", "${Version}", "stegsnow"]
    print(subprocess.run(call, capture_output=True, check=False).stdout.decode() or "unknown")
else:
    act = {"embed": embed, "extract": extract}[sys.argv[1]]
    for line in sys.stdin:
        print(json.dumps(act(json.loads(line))))
