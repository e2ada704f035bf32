"""Measures what a short prompt waits for beside long ones, and what the long one loses by it.

    python3 long_prompts.py URL [--streams 4] [--long-ones 1] [--tokens 7000] [--rounds 5]

Streams decode throughout. Alternating in each round: a short prompt beside the streams alone; the same amid long prompts; a
long prompt without a short one; a long prompt that four short ones pass. Run it on a quiet machine; it ends by itself.
"""

import argparse
import pathlib
import random
import statistics
import sys
import threading
import time

import attack

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "peers"))

from compare import Prompts, Server, Stream, body, run  # noqa: E402


def first_token(server, prompt):
    """Seconds from sending to the first token."""
    stream = Stream(server.url, body(server.model, prompt, 2))
    return run([stream])[0].arrivals[0] - stream.started


class Background:
    """Streams that decode until they have their tokens."""

    def __init__(self, server, prompts, streams, tokens):
        self.streams = [Stream(server.url, body(server.model, prompts.prompt(20), tokens)) for _ in range(streams)]
        self.thread = threading.Thread(target=run, args=(self.streams,))

    def __enter__(self):
        self.thread.start()
        while not all(len(stream.arrivals) > 20 for stream in self.streams):
            time.sleep(0.01)

    def __exit__(self, *_):
        self.thread.join()


def one_round(server, prompts, arguments):
    with Background(server, prompts, arguments.streams, arguments.stream_tokens):
        alone = first_token(server, prompts.prompt(20))
        long_alone = first_token(server, prompts.prompt(arguments.tokens))
        late = [
            Stream(server.url, body(server.model, prompts.prompt(arguments.tokens), 2))
            for _ in range(arguments.long_ones)
        ]
        thread = threading.Thread(target=run, args=(late,))
        thread.start()
        time.sleep(0.2 * long_alone)
        beside = []
        for _ in range(4):
            beside.append(first_token(server, prompts.prompt(20)))
        amid = not late[0].arrivals
        thread.join()
        long_beside = late[0].arrivals[0] - late[0].started
    if not amid:
        print("  the long prompt ended before the short ones: take more --tokens")
    return alone, statistics.median(beside), long_alone, long_beside


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", type=attack.loopback, help="of a running server on 127.0.0.1")
    parser.add_argument("--streams", type=attack.at_most(64), default=4)
    parser.add_argument("--stream-tokens", type=attack.at_most(8_000), default=2000)
    parser.add_argument("--long-ones", type=attack.at_most(64), default=1)
    parser.add_argument("--tokens", type=attack.at_most(100_000), default=7000)
    parser.add_argument("--rounds", type=attack.at_most(attack.MOST_ROUNDS), default=5)
    arguments = parser.parse_args()
    server = Server("server", arguments.url)
    prompts = Prompts([server], random.Random(time.time_ns()), random_words=True)
    server.complete([prompts.prompt(300)], 20)  # warm
    rounds = [one_round(server, prompts, arguments) for _ in range(arguments.rounds)]
    alone, beside, long_alone, long_beside = (statistics.median(column) for column in zip(*rounds))
    print(f"short prompt, first token: {alone * 1000:.0f} ms beside the streams, "
          f"{beside * 1000:.0f} ms amid {arguments.long_ones} long: {beside / alone:.2f} times (goal: at most 3)")
    if arguments.long_ones == 1:
        print(f"long prompt, first token: {long_alone:.2f} s, {long_beside:.2f} s with four short ones: "
              f"{long_beside / long_alone:.3f} times (goal: at most 1.10)")


if __name__ == "__main__":
    main()
