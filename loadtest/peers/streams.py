#!/usr/bin/env python3
"""Holds many streams open at once against a server of its own around the null engine, and says what they cost.

Each stream is a chat completion whose next token is a while away, as an agent's connection is that waits for a slow model.
Prints the server's resident memory without and with the streams, and whether every stream got its first event and stayed.

    loadtest/peers/streams.py --streams 10000
    loadtest/peers/streams.py --server "./vitrine serve" --streams 10000 --hold 20

Needs Python 3, two file descriptors a stream (ulimit -n: the server's and this program's each), nothing else.
"""

import argparse
import asyncio
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BODY = json.dumps({
    "model": "null", "stream": True, "max_tokens": 1000, "messages": [{"role": "user", "content": "hold"}]}).encode()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def resident_mebibytes(pid):
    with open(f"/proc/{pid}/status") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    raise RuntimeError("no VmRSS")


def start(command, streams, pace, data):
    port, management = free_port(), free_port()
    room = streams + 64
    settings = {
        "engine.kind": "null", "engine.null-pace": pace, "engine.slots": room, "engine.context-length": 2048,
        "engine.prefill-chunk": 65536, "queue.limit": room, "server.max-connections": room,
        "server.max-heads-in-flight": room, "planning.queue-limit": room, "planning.tenant-queue-limit": room,
        "http.stream-keep-alive": "5s", "telemetry.logs.console": "json",
    }
    words = shlex.split(command) + ["--port", str(port), "--management-port", str(management), "--data", data]
    for key, value in settings.items():
        words += ["--set", f"{key}={value}"]
    log = open(os.path.join(data, "server.log"), "wb")
    server = subprocess.Popen(words, stdout=log, stderr=log, start_new_session=True)
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).read()
            return server, port, management
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.1)
    server.kill()
    sys.exit("the server does not start: " + open(log.name).read()[-2000:])


class Stream:
    """One connection; counts what it got."""

    def __init__(self):
        self.events = 0
        self.closed = False

    async def run(self, port, gate, first):
        try:
            async with gate:
                reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=4096)
            writer.write(b"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
                         + f"content-length: {len(BODY)}\r\n\r\n".encode() + BODY)
            while True:
                data = await reader.read(4096)
                if not data:
                    break
                if b"data:" in data or b"\n:" in data:
                    self.events += 1
                    if self.events == 1:
                        first()
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self.closed = True


async def hold(port, pid, streams, seconds, limit):
    gate = asyncio.Semaphore(128)
    began = time.monotonic()
    count = 0
    all_there = asyncio.Event()

    def first():
        nonlocal count
        count += 1
        if count == streams:
            all_there.set()

    held = [Stream() for _ in range(streams)]
    tasks = [asyncio.create_task(stream.run(port, gate, first)) for stream in held]
    try:
        await asyncio.wait_for(all_there.wait(), limit)
    except asyncio.TimeoutError:
        pass
    opened = time.monotonic() - began
    peak = 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        peak = max(peak, resident_mebibytes(pid))
        await asyncio.sleep(0.5)
    open_now = sum(not stream.closed for stream in held)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return count, opened, open_now, peak


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", default=os.path.join(ROOT, "vitrine") + " serve", help="starts the server")
    parser.add_argument("--streams", type=int, default=10_000)
    parser.add_argument("--pace", default="10s", help="time between two tokens of a stream")
    parser.add_argument("--hold", type=float, default=30, help="seconds that the streams are held open")
    parser.add_argument("--limit", type=float, default=120, help="seconds until every stream must have its first event")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as data:
        server, port, management = start(arguments.server, arguments.streams, arguments.pace, data)
        try:
            before = resident_mebibytes(server.pid)
            got, opened, still, peak = asyncio.run(
                hold(port, server.pid, arguments.streams, arguments.hold, arguments.limit))
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(60)
    print(f"streams    {got} of {arguments.streams} had an event after {opened:.1f} s, {still} open after "
          f"{arguments.hold:.0f} s more")
    print(f"resident   {before:.0f} MiB before, {peak:.0f} MiB with the streams, "
          f"{(peak - before) * 1024 / max(1, arguments.streams):.1f} KiB a stream")
    sys.exit(0 if got == still == arguments.streams else 1)


if __name__ == "__main__":
    main()
