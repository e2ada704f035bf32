#!/usr/bin/env python3
"""Fills the heap with request bodies, in one of two ways:

  paused  300 connections send 1.9 MiB of a body of 2 MiB each, and pause
  chats   8 clients post a chat of 1.9 MB again and again

Run it against a server of your own:  python3 memory.py paused --port 8080 --management-port 8081
"""
import collections
import http.client
import threading
import time

import common


def paused(args):
    """What 300 connections got; each keeps sending as far as the server reads."""
    outcomes = collections.Counter()
    sockets = []
    head = (b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: 2000000\r\n\r\n")
    part = b"x" * 1_900_000
    end = time.monotonic() + args.seconds

    def one():
        try:
            sock = common.connect(args.port, timeout=args.seconds)
            sockets.append(sock)
            sock.sendall(head)
            try:
                sock.sendall(part)
                outcomes["sent 1.9 MB"] += 1
            except OSError:
                outcomes["could not send all"] += 1
            sock.settimeout(max(0.1, end - time.monotonic()))
            answer = sock.recv(4096)
            outcomes["answer " + answer.split(b"\r\n")[0].decode() if answer else "closed"] += 1
        except OSError:
            outcomes["no answer yet"] += 1

    threads = [threading.Thread(target=one, daemon=True) for _ in range(300)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.1, end + 5 - time.monotonic()))
    for sock in sockets:
        sock.close()
    return dict(outcomes)


def chats(args):
    statuses = collections.Counter()
    body = common.chat(args.model, "1" * 1_900_000)
    end = time.monotonic() + args.seconds

    def one():
        while time.monotonic() < end:
            connection = http.client.HTTPConnection(common.HOST, args.port, timeout=60)
            try:
                connection.request("POST", "/v1/chat/completions", body, {"Content-Type": "application/json"})
                response = connection.getresponse()
                response.read()
                statuses[response.status] += 1
            except (OSError, http.client.HTTPException) as error:
                statuses[type(error).__name__] += 1
            finally:
                connection.close()

    threads = [threading.Thread(target=one, daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(args.seconds + 70)
    return {str(status): count for status, count in statuses.items()}


if __name__ == "__main__":
    parser = common.arguments(__doc__)
    parser.add_argument("way", choices=["paused", "chats"])
    parsed = parser.parse_args()
    common.watched(parsed, lambda: (paused if parsed.way == "paused" else chats)(parsed))
