"""Measures OpenAI-compatible servers side by side: decode and prefill tokens per second, time to first token.

    python3 compare.py --server vitrine=http://127.0.0.1:8080 --server peer=http://127.0.0.1:9090 [--rounds 5] [--concurrency 1,8]

The servers are measured in turn, round after round, so that a drift of the machine meets all alike; what is printed are medians, and
ratios of the first server to the best of the others within each round with the range of the middle half. Every prompt is new, so no prefix
cache helps. Only the standard library is used: one thread reads all sockets and does little but take the time, since it
shares the processors with the server it measures.

decode    tokens that came while every stream of the round was past its first token and none had ended, over that time
prefill   prompt tokens over time to first token, one request at a time
"""

import argparse
import json
import random
import selectors
import socket
import statistics
import time
import urllib.parse
import urllib.request

WORDS = ("time person year way day thing man world life hand part child eye woman place work week case point "
         "government company number group problem fact river house garden winter letter music table road night").split()


class Stream:
    """One streamed completion: when each piece arrived."""

    def __init__(self, url, body):
        self.address = urllib.parse.urlsplit(url)
        self.request = (f"POST /v1/completions HTTP/1.1\r\nHost: {self.address.netloc}\r\nContent-Type: application/json\r\n"
                        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n").encode() + body
        self.arrivals = []
        self.received = b""

    def open(self):
        self.socket = socket.create_connection((self.address.hostname, self.address.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.started = time.perf_counter()
        self.socket.sendall(self.request)
        self.socket.setblocking(False)
        return self.socket

    def read(self):
        """Takes what has come; False at the end."""
        piece = self.socket.recv(1 << 16)
        now = time.perf_counter()
        self.received += piece
        # A piece of text is one event; the usage at the end and [DONE] are cut off below, in result().
        self.arrivals += [now] * piece.count(b"data: ")
        return bool(piece)

    def result(self):
        self.socket.close()
        events = [line[6:] for line in self.received.split(b"\n") if line.startswith(b"data: ")]
        if not self.received.startswith(b"HTTP/1.1 200") or not events:
            raise SystemExit(f"{self.address.netloc} answered: {self.received[:600]!r}")
        usage = [json.loads(event)["usage"] for event in events if b'"usage":{' in event.replace(b" ", b"")][-1]
        pieces = sum(1 for event in events if event != b"[DONE]" and any(
            choice.get("text") for choice in json.loads(event)["choices"]))
        return self.arrivals[:pieces], usage


def body(model, tokens, generate, **extra):
    return json.dumps({
        "model": model, "prompt": tokens, "max_tokens": generate, "temperature": 0, "ignore_eos": True, "stream": True,
        "stream_options": {"include_usage": True}, "cache_prompt": False, **extra}).encode()


def run(streams):
    selector = selectors.DefaultSelector()
    for stream in streams:
        selector.register(stream.open(), selectors.EVENT_READ, stream)
    running = len(streams)
    while running:
        for key, _ in selector.select(120):
            if not key.data.read():
                selector.unregister(key.fileobj)
                running -= 1
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

    def decode(self, concurrency, prompt, generate, rng):
        streams = [Stream(self.url, body(self.model, words(rng, prompt), generate)) for _ in range(concurrency)]
        results = run(streams)
        start = max(arrivals[0] for arrivals, _ in results)
        end = min(arrivals[-1] for arrivals, _ in results)
        if end <= start:
            raise SystemExit(f"{self.name}: no moment at which all {concurrency} streams were decoding; raise --generate")
        tokens = 0.0
        for arrivals, usage in results:
            # Several tokens may share a piece (half a character is held back): count them evenly.
            tokens += sum(start < at <= end for at in arrivals) * usage["completion_tokens"] / len(arrivals)
        return tokens / (end - start)

    def first_token(self, prompt, rng):
        stream = Stream(self.url, body(self.model, words(rng, prompt), 2))
        [(arrivals, usage)] = run([stream])
        seconds = arrivals[0] - stream.started
        return usage["prompt_tokens"] / seconds, seconds


def words(rng, tokens):
    """About so many tokens of text: each word of the list is one token of a common vocabulary."""
    return " ".join(rng.choice(WORDS) for _ in range(tokens))


def measure(server, arguments, rng):
    figures = {}
    for concurrency in arguments.concurrency:
        figures[f"decode {concurrency}"] = server.decode(concurrency, arguments.prompt, arguments.generate, rng)
    rates, times = zip(*(server.first_token(512, rng) for _ in range(3)))
    figures["prefill 512"] = statistics.median(rates)
    figures["TTFT 512, ms"] = 1000 * statistics.median(times)
    return figures


def quartiles(values):
    if len(values) < 2:
        return values[0], values[0]
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, high


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", action="append", required=True, metavar="NAME=URL")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--concurrency", type=lambda text: [int(part) for part in text.split(",")], default=[1, 8, 32, 64])
    parser.add_argument("--prompt", type=int, default=128)
    parser.add_argument("--generate", type=int, default=128)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    rng = random.Random(arguments.seed)
    servers = [Server(*pair.split("=", 1)) for pair in arguments.server]
    rounds = []
    for index in range(arguments.rounds + 1):
        figures = {server.name: measure(server, arguments, rng) for server in servers}
        if index > 0:  # the first warms up
            rounds.append(figures)
    ours, others = servers[0].name, [server.name for server in servers[1:]]
    print("| | " + " | ".join([server.name for server in servers] + ["ratio, median (middle half)"]) + " |")
    print("| --- " * (len(servers) + 2) + "|")
    for row in rounds[0][ours]:
        medians = [statistics.median(figures[server.name][row] for figures in rounds) for server in servers]
        best = min if row.startswith("TTFT") else max
        ratios = [figures[ours][row] / best(figures[name][row] for name in others) for figures in rounds] if others else []
        shown = "{:.2f} ({:.2f} .. {:.2f})".format(statistics.median(ratios), *quartiles(ratios)) if ratios else "-"
        print(f"| {row} | " + " | ".join(f"{median:.0f}" for median in medians) + f" | {shown} |")


if __name__ == "__main__":
    main()
