"""Writes the vocabulary of a GGUF file as the tests read it: python3 vocabulary.py MODEL.gguf vocabulary.gz

For each token id one byte for the length, then the token's bytes; control tokens and unused ids have length 0.
"""
import gzip
import struct
import sys

SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
STRING, ARRAY, NORMAL, USER_DEFINED = 8, 9, 1, 4


def read_metadata(file):
    def number(kind):
        return struct.unpack("<" + kind, file.read(struct.calcsize(kind)))[0]

    def string():
        return file.read(number("Q")).decode("utf-8")

    def value(kind):
        if kind == STRING:
            return string()
        if kind == ARRAY:
            element, count = number("I"), number("Q")
            return [value(element) for _ in range(count)]
        data = file.read(SIZES[kind])
        return struct.unpack("<i", data)[0] if kind in (4, 5) else data

    assert file.read(4) == b"GGUF" and number("I") >= 2
    number("Q")
    return {string(): value(number("I")) for _ in range(number("Q"))}


def byte_alphabet():
    """GPT-2's characters for bytes."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [b for b in range(256) if b not in printable]
    return {**{chr(b): b for b in printable}, **{chr(0x100 + i): b for i, b in enumerate(others)}}


def main(model, target):
    with open(model, "rb") as file:
        metadata = read_metadata(file)
    alphabet = byte_alphabet()
    with gzip.GzipFile(target, "wb", mtime=0) as out:
        for spelling, kind in zip(metadata["tokenizer.ggml.tokens"], metadata["tokenizer.ggml.token_type"]):
            spelled = kind == NORMAL and all(c in alphabet for c in spelling) and not spelling.startswith("<|")
            text = bytes(alphabet[c] for c in spelling) if spelled else b""
            if kind == USER_DEFINED:
                text = spelling.encode()
            out.write(bytes([len(text)]) + text)


main(*sys.argv[1:])
