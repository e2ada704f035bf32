#!/usr/bin/env python3
"""Fills the heap with request bodies, in one of two ways.

    python3 loadtest/abuse/memory.py paused|chats [--seconds 20]

paused: 300 connections state a body of 2 MB, send 1.9 MB as far as the server reads, and pause
chats:  8 clients post a chat of 1.9 MB again and again

Starts a server of its own, without a key. Ends with 1 if the server or a bystander had no answer.
"""

import collections
import http.client
import json
import sys
import threading
import time

import attack

CONNECTIONS = 300
CLIENTS = 8
LENGTH = 1_900_000


def paused(server, seconds):
    outcomes = collections.Counter()
    head = (b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: 2000000\r\n\r\n")
    part = b"x" * LENGTH
    end = time.monotonic() + seconds

    def one():
        try:
            with attack.connect(server.port, timeout=seconds) as connection:
                connection.sendall(head)
                try:
                    connection.sendall(part)
                    outcomes["sent 1.9 MB"] += 1
                except OSError:
                    outcomes["could not send all"] += 1
                connection.settimeout(max(0.1, end - time.monotonic()))
                answer = connection.recv(4096)
                outcomes["answer " + answer.split(b"\r\n")[0].decode() if answer else "closed"] += 1
        except OSError:
            outcomes["no answer yet"] += 1

    join([threading.Thread(target=one, daemon=True) for _ in range(CONNECTIONS)], seconds + 5)
    return dict(outcomes)


def chats(server, seconds):
    outcomes = collections.Counter()
    body = json.dumps({"model": attack.MODEL, "messages": [{"role": "user", "content": "1" * LENGTH}]})
    end = time.monotonic() + seconds

    def one():
        while time.monotonic() < end:
            try:
                outcomes[str(server.call("POST", "/v1/chat/completions", body)[0])] += 1
            except (OSError, http.client.HTTPException) as error:
                outcomes[type(error).__name__] += 1

    join([threading.Thread(target=one, daemon=True) for _ in range(CLIENTS)], seconds + 70)
    return dict(outcomes)


def join(threads, seconds):
    end = time.monotonic() + seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.1, end - time.monotonic()))


def main():
    parser = attack.arguments_of(__doc__, seconds=20)
    ways = {"paused": paused, "chats": chats}
    parser.add_argument("way", choices=ways)
    arguments = parser.parse_args()
    return attack.watched(arguments, lambda server: ways[arguments.way](server, arguments.seconds))


if __name__ == "__main__":
    sys.exit(main())
