"""Time-stamp tokens of RFC 3161: log.md, "Timestamps".

Form, imprint, certificate id and usage are read here, byte by byte; `openssl` checks the signature and the chain.
"""

import base64
import calendar
import hashlib
import pathlib
import re
import subprocess
import tempfile
import time as clock
from dataclasses import dataclass

from .basics import Malformed, Refused, sha256

MAX_LEVELS, MAX_ELEMENTS, MAX_CERTIFICATES = 24, 8_192, 16
SEQUENCE, SET, INTEGER, OCTETS, OID, TIME = 0x30, 0x31, 0x02, 0x04, 0x06, 0x18

SIGNED_DATA, TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
ESS_V1, ESS_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
KEY_USAGE_EXT, KEY_ID_EXT = "2.5.29.37", "2.5.29.14"
TIME_STAMPING, ANY_USAGE = "1.3.6.1.5.5.7.3.8", "2.5.29.37.0"
HASHES = {"2.16.840.1.101.3.4.2.1": "sha256", "2.16.840.1.101.3.4.2.2": "sha384", "2.16.840.1.101.3.4.2.3": "sha512"}
RSA, EC = "1.2.840.113549.1.1.1", "1.2.840.10045.2.1"
# Signature algorithm: the kind of key, and the hash where the algorithm names one.
SIGNATURES = {RSA: (RSA, None), "1.2.840.113549.1.1.11": (RSA, "sha256"), "1.2.840.113549.1.1.12": (RSA, "sha384"),
              "1.2.840.113549.1.1.13": (RSA, "sha512"), "1.2.840.10045.4.3.2": (EC, "sha256"),
              "1.2.840.10045.4.3.3": (EC, "sha384")}
CURVES = {"1.2.840.10045.3.1.7", "1.3.132.0.34"}


# DER

@dataclass
class Node:
    tag: int
    raw: bytes
    body: bytes
    children: list

    def oid(self):
        """A dotted object identifier."""
        require(self.tag == OID and self.body and not self.body[-1] & 0x80, "no object identifier")
        arcs, value = [], 0
        for byte in self.body:
            value = value << 7 | byte & 0x7F
            if not byte & 0x80:
                arcs.append(value)
                value = 0
        first = min(arcs[0] // 40, 2)
        return ".".join(map(str, [first, arcs[0] - 40 * first] + arcs[1:]))

    def integer(self):
        require(self.body != b"", "no integer")
        return int.from_bytes(self.body, "big", signed=True)


def require(good, what):
    if not good:
        raise Malformed(what)


def parse(data):
    """One DER element and nothing after it, within the limits on levels and elements."""
    budget = [MAX_ELEMENTS]

    def element(at, end, level):
        budget[0] -= 1
        require(level <= MAX_LEVELS and budget[0] >= 0, "DER beyond the limits")
        require(at + 2 <= end and data[at] & 0x1F != 0x1F, "DER cut short, or a long tag")
        start, tag, length, at = at, data[at], data[at + 1], at + 2
        if length >= 0x80:
            count = length & 0x7F
            require(1 <= count <= 4 and at + count <= end, "no definite length")
            length, at = int.from_bytes(data[at:at + count], "big"), at + count
            require(length >= 0x80 and length >= 1 << 8 * (count - 1), "no minimal length")
        stop = at + length
        require(stop <= end, "DER cut short")
        children, place = [], at
        while tag & 0x20 and place < stop:
            child, place = element(place, stop, level + 1)
            children.append(child)
        return Node(tag, data[start:stop], data[at:stop], children), stop

    node, end = element(0, len(data), 1)
    require(end == len(data), "something after the DER")
    return node


def fields_of(node, *tags):
    """The children of a sequence that begins with these tags."""
    require(len(node.children) >= len(tags), "too few fields")
    for child, tag in zip(node.children, tags):
        require(child.tag == tag, "another field expected")
    return node.children


def is_tag(nodes, place, tag):
    return place < len(nodes) and nodes[place].tag == tag


# Certificates

@dataclass
class Certificate:
    raw: bytes
    serial: int
    issuer: bytes
    spki: Node
    extensions: dict    # object identifier: (critical, value)

    def usages(self):
        """The extended key usage as (critical, purposes), or None."""
        if KEY_USAGE_EXT not in self.extensions:
            return None
        critical, value = self.extensions[KEY_USAGE_EXT]
        return critical, [one.oid() for one in parse(value).children]

    def may_issue(self):
        usages = self.usages()
        return usages is None or TIME_STAMPING in usages[1] or ANY_USAGE in usages[1]

    def key_id(self):
        found = self.extensions.get(KEY_ID_EXT)
        return found and parse(found[1]).body


def read_certificate(raw):
    body = fields_of(parse(raw), SEQUENCE, SEQUENCE)[0].children
    body = body[1:] if is_tag(body, 0, 0xA0) else body
    require([one.tag for one in body[:6]] == [INTEGER] + 5 * [SEQUENCE], "no certificate")
    extensions = {}
    for last in body[6:]:
        for one in last.children[0].children if last.tag == 0xA3 and last.children else []:
            parts = fields_of(one, OID)
            require(parts[-1].tag == OCTETS and parts[0].oid() not in extensions, "no extension")
            critical = len(parts) == 3 and parts[1].body == b"\xff"
            extensions[parts[0].oid()] = critical, parts[-1].body
    return Certificate(raw, body[0].integer(), body[2].raw, body[5], extensions)


def pem(raw):
    return "-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(raw).decode() + "-----END CERTIFICATE-----\n"


def read_pem(text):
    """The certificates that the reader trusts."""
    blocks = re.findall(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", text, re.S)
    return [read_certificate(base64.b64decode(block)) for block in blocks]


# The token

@dataclass
class Token:
    content: bytes
    certificates: list
    signer: Certificate
    by_serial: bool     # whether it names the signer by issuer and serial number
    attributes: Node
    digest: str
    kind: str
    signature: bytes


def read_token(data):
    """A bare TimeStampToken: CMS SignedData (RFC 5652) around a TSTInfo, with exactly one signature."""
    require(len(data) <= 65_536, "more than 64 KiB")
    outer = fields_of(parse(data), OID, 0xA0)
    require(outer[0].oid() == SIGNED_DATA and len(outer[1].children) == 1, "no signed data")
    signed = fields_of(outer[1].children[0], INTEGER, SET, SEQUENCE)
    content = fields_of(signed[2], OID, 0xA0)
    require(content[0].oid() == TST_INFO, "no TSTInfo")
    octets = fields_of(content[1], OCTETS)[0].body
    chosen = signed[3].children if is_tag(signed, 3, 0xA0) else []
    require(len(chosen) <= MAX_CERTIFICATES, "more than 16 certificates")
    certificates = [read_certificate(one.raw) for one in chosen if one.tag == SEQUENCE]
    require(signed[-1].tag == SET and len(signed[-1].children) == 1, "not exactly one signature")
    info = fields_of(signed[-1].children[0], INTEGER)
    require(len(info) >= 6 and info[3].tag == 0xA0 and info[5].tag == OCTETS, "no signer, or no signed attributes")
    digest = HASHES.get(info[2].children[0].oid())
    kind, named = SIGNATURES.get(info[4].children[0].oid(), (None, None))
    require(digest and kind and named in (None, digest), "a signature of a kind not taken")
    signers = [one for one in certificates if identifies(info[1], one)]
    require(signers, "the signing certificate is missing")
    return Token(octets, certificates, signers[0], info[1].tag == SEQUENCE, info[3], digest, kind, info[5].body)


def identifies(sid, certificate):
    """The signer by issuer and serial number, or by the key's id."""
    if sid.tag == SEQUENCE:
        parts = fields_of(sid, SEQUENCE, INTEGER)
        return (parts[0].raw, parts[1].integer()) == (certificate.issuer, certificate.serial)
    return sid.tag == 0x80 and sid.body == certificate.key_id()


def attribute(token, kind, needed=True):
    """A signed attribute's one value; it stands there once."""
    found = [one for one in token.attributes.children if fields_of(one, OID, SET)[0].oid() == kind]
    if not found and not needed:
        return None
    require(len(found) == 1 and len(found[0].children[1].children) == 1, "an attribute missing or doubled")
    return found[0].children[1].children[0]


def check_attributes(token):
    """Kind, message digest and certificate id."""
    require(attribute(token, CONTENT_TYPE).oid() == TST_INFO, "another content type")
    digest = attribute(token, MESSAGE_DIGEST)
    require(digest.tag == OCTETS and digest.body == hashlib.new(token.digest, token.content).digest(),
            "another content's hash")
    v1, v2 = attribute(token, ESS_V1, False), attribute(token, ESS_V2, False)
    require(v1 or v2, "no certificate id")
    for value, hash_name in (v1, "sha1"), (v2, "sha256"):
        if value:
            ids = fields_of(fields_of(value, SEQUENCE)[0], SEQUENCE)
            check_certificate_id(ids[0], hash_name, value is v2, token.signer)


def check_certificate_id(node, hash_name, may_name_hash, signer):
    """ESSCertID (RFC 2634) or ESSCertIDv2 (RFC 5816): hash, then issuer and serial if they stand there."""
    parts = node.children
    if may_name_hash and is_tag(parts, 0, SEQUENCE):
        hash_name = HASHES.get(fields_of(parts[0], OID)[0].oid())
        parts = parts[1:]
    require(hash_name and is_tag(parts, 0, OCTETS), "no certificate id")
    require(parts[0].body == hashlib.new(hash_name, signer.raw).digest(), "another certificate's id")
    if len(parts) > 1:
        names, serial = fields_of(parts[1], SEQUENCE, INTEGER)[:2]
        require(len(names.children) == 1 and names.children[0].tag == 0xA4, "no issuer")
        require((names.children[0].body, serial.integer()) == (signer.issuer, signer.serial), "another issuer")


def check_signer(token):
    """Usage, and the key's kind and size."""
    require(token.signer.usages() == (True, [TIME_STAMPING]), "not for time-stamping alone, or not critical")
    algorithm = fields_of(token.signer.spki.children[0], OID)
    require(algorithm[0].oid() == token.kind, "another kind of key")
    if token.kind == EC:
        require(len(algorithm) == 2 and algorithm[1].oid() in CURVES, "another curve")
        require(token.digest != "sha512", "ECDSA with SHA-512")
    else:
        modulus = fields_of(parse(token.signer.spki.children[1].body[1:]), INTEGER, INTEGER)[0].integer()
        require(modulus.bit_length() >= 2048, "an RSA key too small")


def read_info(content, expected):
    """TSTInfo: the time stamped in Unix seconds, and the latest moment it allows."""
    parts = fields_of(parse(content), INTEGER, OID, SEQUENCE, INTEGER, TIME)
    require(parts[0].integer() == 1, "another version")
    imprint = fields_of(parts[2], SEQUENCE, OCTETS)
    require(HASHES.get(fields_of(imprint[0], OID)[0].oid()) == "sha256", "not on a SHA-256")
    require(imprint[1].body == expected, "on something else")
    match = re.fullmatch(rb"([0-9]{14})(\.[0-9]*[1-9])?Z", parts[4].body)
    require(match, "no time")
    try:
        stamped = calendar.timegm(clock.strptime(match[1].decode(), "%Y%m%d%H%M%S"))
    except ValueError as error:
        raise Malformed("no time") from error
    require(stamped >= 0, "before 1970")
    latest = stamped + (1 if match[2] else 0)
    return stamped, latest + accuracy(parts[5] if is_tag(parts, 5, SEQUENCE) else None)


def accuracy(node):
    """Seconds, millis [0] and micros [1], rounded up."""
    seconds = micros = 0
    for one in node.children if node else []:
        value = one.integer()
        require(value >= 0 and (one.tag == INTEGER or one.tag in (0x80, 0x81) and value <= 999), "no accuracy")
        seconds += value if one.tag == INTEGER else 0
        micros += {0x80: 1000, 0x81: 1}.get(one.tag, 0) * value
    require(seconds < 2**53, "no accuracy")
    return seconds + (micros + 999_999) // 1_000_000


def openssl(folder, *arguments):
    done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, check=False)
    return done.returncode == 0


def check_signature(token, folder):
    """Over the signed attributes as a SET OF: their tag is the set's, not the field's."""
    (folder / "key.der").write_bytes(token.signer.spki.raw)
    (folder / "signature").write_bytes(token.signature)
    (folder / "signed").write_bytes(b"\x31" + token.attributes.raw[1:])
    require(openssl(folder, "dgst", "-" + token.digest, "-verify", "key.der", "-keyform", "DER", "-signature",
                    "signature", "signed"), "the signature is wrong")


def chain_holds(token, trust, stamped, folder):
    """Whether the chain leads to a certificate that the reader trusts, at the time stamped.

    Certificates whose usage doesn't allow time-stamping are left out first: openssl doesn't ask that of issuers.
    """
    anchors = [one for one in read_pem(trust) if one.may_issue()]
    between = [one for one in token.certificates if one.may_issue()]
    if not anchors:
        return False
    (folder / "trust.pem").write_text("".join(pem(one.raw) for one in anchors))
    (folder / "between.pem").write_text("".join(pem(one.raw) for one in between))
    (folder / "signer.pem").write_text(pem(token.signer.raw))
    return openssl(folder, "verify", "-no-CApath", "-no-CAstore", "-partial_chain", "-purpose", "timestampsign",
                   "-attime", str(stamped), "-CAfile", "trust.pem", "-untrusted", "between.pem", "signer.pem")


def second_opinion(token, expected, stamped, folder):
    """openssl must not refuse what is called trusted here; but it can't read a signer named by his key's id."""
    return not token.by_serial or openssl(
        folder, "ts", "-verify", "-digest", expected.hex(), "-in", "token", "-token_in", "-partial_chain",
        "-attime", str(stamped), "-CAfile", "trust.pem")


def check(data, text, trust):
    """The latest moment of a good token by a trusted time-stamper; None for one that the reader doesn't trust."""
    try:
        expected = sha256(text)
        token = read_token(data)
        stamped, latest = read_info(token.content, expected)
        check_attributes(token)
        check_signer(token)
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            check_signature(token, folder)
            if not chain_holds(token, trust, stamped, folder):
                return None
            (folder / "token").write_bytes(data)
            require(second_opinion(token, expected, stamped, folder), "openssl refuses it")
        return latest
    except Malformed as error:
        raise Refused("token", str(error)) from error
