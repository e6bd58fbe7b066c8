#!/usr/bin/env python3
"""Makes the vectors in this directory, from the text of C2SP tlog-cosignature alone and with no code of ours.

Run once by hand:  pip install dilithium-py==1.5.1 cryptography  &&  python3 make.py
Ed25519 is `cryptography`'s, ML-DSA-44 (FIPS 204, deterministic) is `dilithium-py`'s. The keys are of seeds that stand here.
"""
import base64
import hashlib
import json
import pathlib
import struct

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from dilithium_py.ml_dsa import ML_DSA_44

HERE = pathlib.Path(__file__).parent
TIME = 1_679_315_147
LOG, WITNESS = "log.example/letters", "witness.example/w1"
b64 = lambda raw: base64.b64encode(raw).decode()


def key_id(name, kind, public):
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def vkey(name, kind, public):
    return f"{name}+{key_id(name, kind, public).hex()}+{b64(bytes([kind]) + public)}"


def line(name, kind, public, signature):
    return f"\u2014 {name} {b64(key_id(name, kind, public) + signature)}\n"


def ed25519(seed):
    secret = Ed25519PrivateKey.from_private_bytes(bytes([seed] * 32))
    return secret, secret.public_key().public_bytes_raw()


log_secret, log_public = ed25519(1)
ed_secret, ed_public = ed25519(2)
dsa_public, dsa_secret = ML_DSA_44.key_derive(bytes([3] * 32))
other_public, _ = ML_DSA_44.key_derive(bytes([4] * 32))


def checkpoint(origin=LOG, size=302, root=bytes(range(32)), extensions=()):
    return "".join(f"{text}\n" for text in (origin, size, b64(root), *extensions))


def cosigned_message(name=WITNESS, time=TIME, origin=LOG, start=0, end=302, root=bytes(range(32)), label=b"subtree/v1\n\0"):
    opaque = lambda text: bytes([len(text.encode())]) + text.encode()
    return label + opaque(name) + struct.pack(">Q", time) + opaque(origin) + struct.pack(">QQ", start, end) + root


def dsa(message, stated=TIME, context=b""):
    return struct.pack(">Q", stated) + ML_DSA_44.sign(dsa_secret, message, ctx=context, deterministic=True)


def write(file, says, body, signature, time, kind=6, public=dsa_public, name=WITNESS):
    note = body + "\n" + line(LOG, 1, log_public, log_secret.sign(body.encode())) + line(name, kind, public, signature)
    case = {
        "says": says,
        "log": vkey(LOG, 1, log_public),
        "witness": vkey(name, kind, public),
        "checkpoint": note,
        "valid": time is not False,
        "time": time or None,
    }
    (HERE / f"{file}.json").write_text(json.dumps(case, ensure_ascii=False, indent=1) + "\n")


body = checkpoint()
v1 = lambda text, time=TIME, stated=TIME: struct.pack(">Q", stated) + ed_secret.sign(f"cosignature/v1\ntime {time}\n{text}".encode())
write("ed25519", "an Ed25519 cosignature", body, v1(body), TIME, 4, ed_public)
write("ed25519-extension", "Ed25519 signs extension lines", checkpoint(extensions=["x"]), v1(body), False, 4, ed_public)
write("ed25519-time", "the stated time is another than the signed one", body, v1(body, stated=TIME + 1), False, 4, ed_public)

good = dsa(cosigned_message())
write("ml-dsa-44", "an ML-DSA-44 cosignature", body, good, TIME)
write("ml-dsa-44-no-time", "time zero: the cosigner states no time", body, dsa(cosigned_message(time=0), 0), None)
write("ml-dsa-44-extension", "ML-DSA-44 does not sign extension lines", checkpoint(extensions=["x"]), good, TIME)
write("ml-dsa-44-largest-time", "the largest time", body, dsa(cosigned_message(time=2**63 - 1), 2**63 - 1), 2**63 - 1)
write("ml-dsa-44-beyond-time", "a time of 2^63", body, dsa(cosigned_message(time=2**63), 2**63), False)
write("ml-dsa-44-time", "the stated time is another than the signed one", body, dsa(cosigned_message(), TIME + 1), False)
write("ml-dsa-44-name", "another cosigner's name was signed", body, dsa(cosigned_message(name="witness.example/w2")), False)
write("ml-dsa-44-origin", "another log's origin was signed", body, dsa(cosigned_message(origin="log.example/other")), False)
write("ml-dsa-44-start", "a subtree that starts at 256 was signed", body, dsa(cosigned_message(start=256)), False)
write("ml-dsa-44-size", "another size was signed", body, dsa(cosigned_message(end=303)), False)
write("ml-dsa-44-root", "another root was signed", body, dsa(cosigned_message(root=bytes(32))), False)
write("ml-dsa-44-label", "another label was signed", body, dsa(cosigned_message(label=b"subtree/v2\n\0")), False)
write("ml-dsa-44-context", "signed under a context string", body, dsa(cosigned_message(), context=b"x"), False)
write("ml-dsa-44-key", "signed by another key than the one named", body, good, False, public=other_public)
write("ml-dsa-44-truncated", "a byte is missing", body, good[:-1], False)
write("ml-dsa-44-longer", "a byte too many", body, good + b"\0", False)
write("ml-dsa-44-v1", "an ML-DSA-44 key over the Ed25519 message", body, dsa(f"cosignature/v1\ntime {TIME}\n{body}".encode()), False)
