"""Measures what a user feels of the scheduler: a shared system prompt, and a long prompt beside running streams.

    python3 scheduling.py URL [--rounds 5]

prefix     time to first token of a prompt whose first 1 000 tokens were seen just before, over that of the first time
gap        gaps between tokens of running streams while a 1 500-token prompt is computed, and before, over their median gap before
"""

import argparse
import random
import statistics
import threading
import time

from compare import Prompts, Server, Stream, body, run


def prefix_ratio(server, prompts):
    system = prompts.prompt(1000)
    (_, first), (_, again) = (server.first_token(f"{system} {prompts.prompt(20)}") for _ in range(2))
    return again / first


def gap_ratio(server, streams, prompts):
    """Streams decode; once they have their first tokens, a long prompt comes."""
    running = [Stream(server.url, body(server.model, prompts.prompt(32), 500)) for _ in range(streams)]
    late = Stream(server.url, body(server.model, prompts.prompt(1500), 2))
    results = {}
    thread = threading.Thread(target=lambda: results.update(running=run(running)))
    thread.start()
    while not all(len(stream.arrivals) > 110 for stream in running):
        time.sleep(0.01)
    results["late"] = run([late])
    thread.join()
    end = results["late"][0].arrivals[0]
    before, beside = [], []
    for answer in results["running"]:
        for earlier, later in zip(answer.arrivals, answer.arrivals[1:]):
            if later < late.started:
                before.append(later - earlier)
            elif earlier < end:
                beside.append(later - earlier)
    median = statistics.median(before)
    p99_before, p99 = (statistics.quantiles(gaps, n=100)[98] / median for gaps in (before, beside))
    return p99, p99_before, statistics.median(beside) / median, statistics.mean(beside) / median, (end - late.started) * 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    server = Server("server", arguments.url)
    prompts = Prompts([server], random.Random(time.time_ns()))
    server.complete([prompts.prompt(300)], 50)  # warm
    ratios = sorted(prefix_ratio(server, prompts) for _ in range(arguments.rounds))
    print(f"prefix: TTFT of the second over the first: median {statistics.median(ratios):.3f}, all {ratios[0]:.3f} .. {ratios[-1]:.3f}")
    for streams in (1, 8):
        figures = [gap_ratio(server, streams, prompts) for _ in range(arguments.rounds)]
        p99, p99_before, middle, mean, first = (statistics.median(column) for column in zip(*figures))
        print(f"gap, {streams} streams beside a 1500-token prompt: median {middle:.2f}, mean {mean:.2f} and p99 {p99:.2f} of the median gap before"
              f" (p99 before: {p99_before:.2f}); the prompt's own first token after {first:.0f} ms")


if __name__ == "__main__":
    main()
