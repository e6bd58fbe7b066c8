"""JSON in its one form: bundle.md, "Form".

Python's own reader is too kind (it takes NaN, floats, doubled keys, any depth), so this is one of our own.
"""

import re

from .basics import Refused

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 8
MAX_VALUES = 131_072
MAX_INTEGER = 2**53 - 1

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
SPACE = re.compile(r"[ \t\n\r]*")
ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
SHOWN = {"true": True, "false": False}


class Reader:
    """A reader that stops at the first thing that a bundle may not hold."""

    def __init__(self, text):
        self.text = text
        self.at = 0
        self.values = 0

    def skip_space(self):
        self.at = SPACE.match(self.text, self.at).end()

    def peek(self):
        if self.at >= len(self.text):
            raise Refused("json-truncated", "the file ends too early")
        return self.text[self.at]

    def expect(self, character):
        if self.peek() != character:
            raise Refused("json-syntax", f"{character!r} expected at character {self.at}")
        self.at += 1

    def value(self, depth):
        """One value; `depth` containers are open around it, so this recurses no deeper than the limit."""
        self.values += 1
        if self.values > MAX_VALUES:
            raise Refused("json-values", "more than 131,072 values")
        first = self.peek()
        if first in "{[":
            if depth == MAX_DEPTH:
                raise Refused("json-depth", "more than 8 containers in one another")
            return self.object(depth + 1) if first == "{" else self.array(depth + 1)
        if first == '"':
            return self.string()
        if first in "-0123456789":
            return self.number()
        return self.word()

    def object(self, depth):
        members = {}
        self.expect("{")
        self.skip_space()
        if self.peek() == "}":
            self.at += 1
            return members
        while True:
            self.skip_space()
            if self.peek() != '"':
                raise Refused("json-syntax", "a key expected")
            key = self.string()
            if key in members:
                raise Refused("json-duplicate-key", key)
            self.skip_space()
            self.expect(":")
            self.skip_space()
            members[key] = self.value(depth)
            self.skip_space()
            if self.peek() == "}":
                self.at += 1
                return members
            self.expect(",")

    def array(self, depth):
        items = []
        self.expect("[")
        self.skip_space()
        if self.peek() == "]":
            self.at += 1
            return items
        while True:
            self.skip_space()
            items.append(self.value(depth))
            self.skip_space()
            if self.peek() == "]":
                self.at += 1
                return items
            self.expect(",")

    def string(self):
        self.expect('"')
        pieces = []
        while True:
            run = PLAIN.match(self.text, self.at)
            pieces.append(run.group())
            self.at = run.end()
            character = self.peek()
            self.at += 1
            if character == '"':
                return "".join(pieces)
            if character != "\\":
                raise Refused("json-control", "a raw control character")
            pieces.append(self.escape())

    def escape(self):
        letter = self.peek()
        self.at += 1
        if letter in ESCAPES:
            return ESCAPES[letter]
        if letter != "u":
            raise Refused("json-escape", "no such escape")
        unit = self.unit()
        if 0xDC00 <= unit <= 0xDFFF:
            raise Refused("json-surrogate", "a low half without a high one")
        if not 0xD800 <= unit <= 0xDBFF:
            return chr(unit)
        if self.text[self.at:self.at + 2] != "\\u":
            self.peek()
            raise Refused("json-surrogate", "a high half without a low one")
        self.at += 2
        low = self.unit()
        if not 0xDC00 <= low <= 0xDFFF:
            raise Refused("json-surrogate", "a high half without a low one")
        return chr(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))

    def unit(self):
        digits = self.text[self.at:self.at + 4]
        if not re.fullmatch(r"[0-9a-fA-F]*", digits):
            raise Refused("json-syntax", "four hex digits expected")
        if len(digits) < 4:
            raise Refused("json-truncated", "the file ends in an escape")
        self.at += 4
        return int(digits, 16)

    def number(self):
        match = NUMBER.match(self.text, self.at)
        if not match:
            self.at += 1
            self.peek()
            raise Refused("json-syntax", "a minus without a number")
        self.at = match.end()
        digits = match.group().lstrip("-")
        if match.group(1) or match.group(2) or match.group() == "-0":
            raise Refused("json-float", "not an integer")
        if digits[0] == "0" and len(digits) > 1:
            raise Refused("json-float", "leading zeros")
        # The length first: Python refuses to convert very long digits, and it would be slow.
        if len(digits) > 16 or int(digits) > MAX_INTEGER:
            raise Refused("json-integer-range", "2^53 or more")
        return int(match.group())

    def word(self):
        rest = self.text[self.at:self.at + 5]
        for word in ("true", "false", "null"):
            if rest.startswith(word):
                if word == "null":
                    raise Refused("json-null", "null")
                self.at += len(word)
                return SHOWN[word]
            if self.at + len(rest) == len(self.text) and word.startswith(rest):
                raise Refused("json-truncated", "the file ends in a word")
        raise Refused("json-syntax", f"no value at character {self.at}")


def read(data):
    """The value that the bytes of a bundle hold."""
    if len(data) > MAX_BYTES:
        raise Refused("too-large", "more than 16 MiB")
    if data.startswith(b"\xef\xbb\xbf"):
        raise Refused("json-bom", "a byte order mark")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("json-utf8", "no UTF-8") from error
    reader = Reader(text)
    reader.skip_space()
    value = reader.value(0)
    reader.skip_space()
    if reader.at != len(text):
        raise Refused("json-trailing", "something after the value")
    return value


def write_string(text):
    shown = (SHORT.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in text)
    return '"' + "".join(shown) + '"'


def write(value):
    """RFC 8785. Keys are in the order of their UTF-16 code units, which is not that of code points."""
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return write_string(value)
    if isinstance(value, list):
        return "[" + ",".join(map(write, value)) + "]"
    keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
    return "{" + ",".join(write_string(key) + ":" + write(value[key]) for key in keys) + "}"
