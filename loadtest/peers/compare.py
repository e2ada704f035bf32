"""Measures OpenAI-compatible servers side by side: decode and prefill tokens per second, time to first token.

    python3 compare.py --ours vitrine=http://127.0.0.1:8080 --peer other=http://127.0.0.1:9090 [--rounds 5] [--concurrency 1,8]

llama-cpp.sh starts the servers and runs this. Each figure is taken of one server after the other, round after round and each
round in another order, so that a drift of the machine meets all alike. Printed are medians, and for each of ours the ratio to the
best peer within a round: its median (the range of the middle half) [95 % interval of the median, by bootstrap].

Every prompt is new: natural text, cut at a random place behind a few random words, so no prefix cache helps. With --text random
it is random words, whose continuation repeats itself less, so drafting from the text seen so far helps less. Only the standard library is
used: one thread reads all sockets and does little but take the time, since it shares the processors with the servers.

decode      tokens computed while every stream was past its first token and none had ended, over that time
end to end  with --end-to-end, in place of decode: all generated tokens over the time from the first byte sent to the last token
prefill     prompt tokens over time to first token, one request at a time
"""

import argparse
import json
import pathlib
import random
import re
import selectors
import socket
import statistics
import sys
import time
import typing
import urllib.error
import urllib.parse
import urllib.request

SAMPLE = pathlib.Path(__file__).parents[2] / "model/src/test/resources/text-samples/pride-and-prejudice-1-to-4.txt"
WORDS = ("time person year way day thing man world life hand part child eye woman place work week case point "
         "government company number group problem fact river house garden winter letter music table road night").split()
EVENT = b"\ndata: "
SILENCE_SECONDS = 120
SAME_STEP_SECONDS = 0.0005


class Answer(typing.NamedTuple):
    """The tokens of one step, several with speculative decoding, count as one arrival, whether they share an event or not."""

    arrivals: list
    tokens: list  # of each arrival
    usage: dict

    def tokens_until(self, moment):
        """Those of an arrival were computed since the one before, so a moment between the two has a part of them."""
        count = self.tokens[0]
        for before, at, tokens in zip(self.arrivals, self.arrivals[1:], self.tokens[1:]):
            if at > moment:
                return count + tokens * (moment - before) / (at - before)
            count += tokens
        return count


class Stream:
    """One streamed completion."""

    def __init__(self, url, body):
        self.address = urllib.parse.urlsplit(url)
        self.request = (f"POST /v1/completions HTTP/1.1\r\nHost: {self.address.netloc}\r\nContent-Type: application/json\r\n"
                        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n").encode() + body
        self.arrivals = []  # of every event; result() keeps those with text
        self.received = bytearray()

    def open(self):
        self.socket = socket.create_connection((self.address.hostname, self.address.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.started = time.perf_counter()
        self.socket.sendall(self.request)
        self.socket.setblocking(False)
        return self.socket

    def read(self):
        """Takes what has come, which may end anywhere in an event or hold several; False at the end."""
        piece = self.socket.recv(1 << 16)
        now = time.perf_counter()
        self.arrivals += [now] * (self.received[1 - len(EVENT):] + piece).count(EVENT)
        self.received += piece
        return bool(piece)

    def result(self):
        self.socket.close()
        pieces, usage = [], None
        for at, event in zip(self.arrivals, self.received.split(EVENT)[1:], strict=True):
            data = event.split(b"\n", 1)[0].strip()
            if data == b"[DONE]":
                continue
            chunk = json.loads(data)
            usage = chunk.get("usage") or usage
            text = "".join(choice.get("text") or "" for choice in chunk.get("choices", []))
            if text:
                pieces.append((at, text))
        if not self.received.startswith(b"HTTP/1.1 200") or not usage or not pieces:
            raise SystemExit(f"{self.address.netloc} answered: {bytes(self.received[:600])!r}")
        return answer(pieces, usage)


def answer(pieces, usage):
    """A piece is a token, unless a server puts several into one or holds half a character back: then by length, about."""
    exact = len(pieces) == usage["completion_tokens"]
    characters = sum(len(text) for _, text in pieces)
    arrivals, tokens = [], []
    for at, text in pieces:
        count = 1 if exact else usage["completion_tokens"] * len(text) / characters
        if arrivals and at - arrivals[-1] < SAME_STEP_SECONDS:
            tokens[-1] += count
        else:
            arrivals.append(at)
            tokens.append(count)
    return Answer(arrivals, tokens, usage)


def body(model, prompt, generate):
    return json.dumps({
        "model": model, "prompt": prompt, "max_tokens": generate, "temperature": 0, "ignore_eos": True, "stream": True,
        "stream_options": {"include_usage": True}, "cache_prompt": False}).encode()


def run(streams):
    selector = selectors.DefaultSelector()
    for stream in streams:
        selector.register(stream.open(), selectors.EVENT_READ, stream)
    while selector.get_map():
        ready = selector.select(SILENCE_SECONDS)
        if not ready:
            raise SystemExit(f"{streams[0].address.netloc} has sent nothing for {SILENCE_SECONDS} s")
        for key, _ in ready:
            if not key.data.read():
                selector.unregister(key.fileobj)
    return [stream.result() for stream in streams]


class Server:
    def __init__(self, name, url):
        self.name, self.url = name, url
        self.await_health()
        with urllib.request.urlopen(url + "/v1/models") as answer:
            self.model = json.load(answer)["data"][0]["id"]

    def await_health(self, seconds=120):
        end = time.monotonic() + seconds
        while True:
            try:
                urllib.request.urlopen(self.url + "/health", timeout=5).close()
                return
            except OSError as error:
                if time.monotonic() > end:
                    raise SystemExit(f"{self.name} is not up after {seconds} s: {error}") from error
                time.sleep(0.2)

    def pieces(self, text):
        """The text, token by token; empty if the server cannot tell, as llama.cpp's can."""
        request = urllib.request.Request(self.url + "/tokenize", json.dumps({"content": text, "with_pieces": True}).encode(),
                                         {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request) as answer:
                return [token["piece"] for token in json.load(answer)["tokens"]]
        except urllib.error.HTTPError:
            return []

    def complete(self, prompts, generate):
        return run([Stream(self.url, body(self.model, prompt, generate)) for prompt in prompts])

    def decode(self, prompts, generate):
        answers = self.complete(prompts, generate)
        start = max(answer.arrivals[0] for answer in answers)
        end = min(answer.arrivals[-1] for answer in answers)
        if end <= start:
            raise NoCommonMoment(f"{self.name}: no moment at which all {len(prompts)} streams were decoding; raise --generate")
        return sum(answer.tokens_until(end) - answer.tokens_until(start) for answer in answers) / (end - start)

    def end_to_end(self, prompts, generate):
        streams = [Stream(self.url, body(self.model, prompt, generate)) for prompt in prompts]
        answers = run(streams)
        seconds = max(answer.arrivals[-1] for answer in answers) - min(stream.started for stream in streams)
        return sum(answer.usage["completion_tokens"] for answer in answers) / seconds

    def first_token(self, prompt):
        stream = Stream(self.url, body(self.model, prompt, 2))
        [answer] = run([stream])
        seconds = answer.arrivals[0] - stream.started
        return answer.usage["prompt_tokens"] / seconds, seconds


class NoCommonMoment(SystemExit):
    """The first streams ended before the last had begun."""


class Prompts:
    """Texts of a wanted number of tokens."""

    def __init__(self, servers, rng, random_words):
        self.rng = rng
        self.random_words = random_words
        text = SAMPLE.read_text(encoding="utf-8")
        # Without a server that tokenizes, a word counts as a token: a prompt is then a few tokens longer.
        self.pieces = next(filter(None, (server.pieces(text) for server in servers)), re.findall(r" ?\w+|\W", text))
        self.word_starts = {index for index, piece in enumerate(self.pieces) if re.match(r" \w", piece)}

    def prompt(self, tokens):
        """Cut between words, where a tokenizer cuts too; the words in front are one token each in any common vocabulary."""
        if self.random_words:
            return " ".join(self.rng.choice(WORDS) for _ in range(tokens))
        lead = [self.rng.choice(WORDS) for _ in range(min(3, tokens))]
        length = tokens - len(lead)
        if length + 100 > len(self.pieces):
            raise SystemExit(f"a prompt must have <= {len(self.pieces) - 97} tokens, as the text is no longer: {tokens}")
        while True:
            start = self.rng.randrange(len(self.pieces) - length)
            if {start, start + length} <= self.word_starts:
                return " ".join(lead) + "".join(self.pieces[start:start + length])


def figures(arguments, prompts):
    """What is measured of a server, each as a function that gives named figures."""
    def rate(server, concurrency, generate):
        try:
            return server.decode([prompts.prompt(arguments.prompt) for _ in range(concurrency)], generate)
        except NoCommonMoment:
            if generate >= 2 * arguments.generate:
                raise
            print(f"{server.name}: some of {concurrency} streams ended before others began; once more, with twice the tokens", file=sys.stderr)
            return rate(server, concurrency, 2 * arguments.generate)

    def decode(concurrency):
        return lambda server: {f"decode {concurrency}": rate(server, concurrency, arguments.generate)}

    def end_to_end(concurrency):
        return lambda server: {f"end to end {concurrency}": server.end_to_end(
            [prompts.prompt(arguments.prompt) for _ in range(concurrency)], arguments.generate)}

    def prefill(server):
        rates, seconds = zip(*(server.first_token(prompts.prompt(512)) for _ in range(3)))
        return {"prefill 512": statistics.median(rates), "TTFT 512, ms": 1000 * statistics.median(seconds)}

    return [*map(end_to_end if arguments.end_to_end else decode, arguments.concurrency), prefill]


def warm_up(server, arguments, prompts):
    server.complete([prompts.prompt(arguments.prompt) for _ in range(max(arguments.concurrency))], 32)
    server.first_token(prompts.prompt(512))


def measure(servers, arguments, prompts):
    """A list of rounds, each a map from server to its figures."""
    for server in servers:
        warm_up(server, arguments, prompts)
    rounds = []
    for index in range(arguments.rounds):
        first = index % len(servers)
        result = {server.name: {} for server in servers}
        for figure in figures(arguments, prompts):
            for server in servers[first:] + servers[:first]:
                result[server.name].update(figure(server))
        rounds.append(result)
        print(f"round {index + 1}: " + json.dumps(result), file=sys.stderr)
    return rounds


def ratio(ours, peers, rounds, row):
    best = min if row.startswith("TTFT") else max
    ratios = [result[ours][row] / best(result[peer][row] for peer in peers) for result in rounds]
    return "{:.2f} ({:.2f} .. {:.2f}) [{:.2f} .. {:.2f}]".format(
        statistics.median(ratios), *middle_half(ratios), *bootstrap(ratios, random.Random(1)))


def middle_half(values):
    if len(values) < 2:
        return values[0], values[0]
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, high


def bootstrap(values, rng, resamples=10_000):
    """95 % interval of the median: the medians of samples drawn from the values, with replacement."""
    medians = sorted(statistics.median(rng.choices(values, k=len(values))) for _ in range(resamples))
    return medians[resamples // 40], medians[-1 - resamples // 40]


def print_table(ours, peers, rounds):
    heads = ["", *ours, *peers, *(f"{name} / best peer" for name in ours if peers)]
    print("| " + " | ".join(heads) + " |")
    print("| --- " * len(heads) + "|")
    for row in rounds[0][ours[0]]:
        medians = [f"{statistics.median(result[name][row] for result in rounds):.0f}" for name in ours + peers]
        ratios = [ratio(name, peers, rounds, row) for name in ours if peers]
        print(f"| {row} | " + " | ".join(medians + ratios) + " |")


def named_url(pair):
    name, separator, url = pair.partition("=")
    if not separator:
        raise argparse.ArgumentTypeError(f"must be NAME=URL: {pair}")
    return name, url.rstrip("/")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", action="append", required=True, type=named_url, metavar="NAME=URL", help="repeatable")
    parser.add_argument("--peer", action="append", default=[], type=named_url, metavar="NAME=URL", help="repeatable")
    parser.add_argument("--rounds", type=int, default=5, help="after the servers have warmed up")
    parser.add_argument("--concurrency", type=lambda text: [int(part) for part in text.split(",")], default=[1, 8, 32, 64])
    parser.add_argument("--prompt", type=int, default=128, help="tokens, of the decode rows")
    parser.add_argument("--generate", type=int, default=256,
                        help="tokens, of the decode rows; the first stream has to go on until the last has begun")
    parser.add_argument("--text", choices=["natural", "random"], default="natural", help="of the prompts")
    parser.add_argument("--end-to-end", action="store_true", help="rates from the first byte sent to the last token")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    servers = [Server(name, url) for name, url in arguments.ours + arguments.peer]
    rounds = measure(servers, arguments, Prompts(servers, random.Random(arguments.seed), arguments.text == "random"))
    print_table([name for name, _ in arguments.ours], [name for name, _ in arguments.peer], rounds)


if __name__ == "__main__":
    main()
