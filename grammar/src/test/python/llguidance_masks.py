"""Masks of llguidance along given tokens: python3 llguidance_masks.py VOCABULARY.gz END_OF_TEXT < requests

A request is a line {"kind": "json_schema"|"regex"|"gbnf", "source": ..., "tokens": [...]}. The answer is a line {"error": ...}, or
{"masks": [...]} with one mask before each token and one after the last, in hexadecimal, bit id % 8 of byte id / 8 for a token.
"""
import gzip
import json
import sys

from llguidance import LLMatcher, LLTokenizer, TokenizerWrapper
from llguidance.gbnf_to_lark import any_to_lark

COMPACT = {"whitespace_flexible": False, "item_separator": ",", "key_separator": ":"}


class Vocabulary:
    def __init__(self, path, end_of_text):
        data = gzip.open(path).read()
        self.tokens, at = [], 0
        while at < len(data):
            self.tokens.append(data[at + 1 : at + 1 + data[at]])
            at += 1 + data[at]
        self.special_token_ids = [i for i, text in enumerate(self.tokens) if not text]
        for i in self.special_token_ids:
            self.tokens[i] = b"<|special_%d|>" % i
        self.eos_token_id = end_of_text
        self.bos_token_id = None
        self.ids = {text: i for i, text in enumerate(self.tokens)}

    def __call__(self, text):
        """Longest token first: any split will do, since no text is tokenized for the masks."""
        tokens, at = [], 0
        while at < len(text):
            end = min(len(text), at + 100)
            while text[at:end] not in self.ids:
                end -= 1
            tokens.append(self.ids[text[at:end]])
            at = end
        return tokens


def answer(tokenizer, request):
    # Without no_forcing, a mask would have only the tokenizer's own split of text that must follow.
    if request["kind"] == "json_schema":
        lark = "start: %json " + json.dumps({**json.loads(request["source"]), "x-guidance": COMPACT})
    elif request["kind"] == "regex":
        lark = "start: /" + request["source"] + "/"
    else:
        lark = any_to_lark(request["source"])
    matcher = LLMatcher(tokenizer, LLMatcher.grammar_from_lark('%llguidance {"no_forcing": true}\n' + lark))
    masks = []
    for token in [*request["tokens"], None]:
        if matcher.is_error():
            return {"error": matcher.get_error()}
        masks.append(matcher.compute_bitmask().hex())
        if token is not None:
            matcher.consume_token(token)
    return {"masks": masks}


def main(path, end_of_text):
    tokenizer = LLTokenizer(TokenizerWrapper(Vocabulary(path, int(end_of_text))))
    for line in sys.stdin:
        print(json.dumps(answer(tokenizer, json.loads(line))), flush=True)


main(*sys.argv[1:])
