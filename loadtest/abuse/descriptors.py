#!/usr/bin/env python3
"""Opens 1 100 connections that send a request's head very slowly, to the API's port or the management port, so as to
take all of the process's file descriptors.

Run it against a server of your own with few descriptors:
  (ulimit -n 1024; ./vitrine serve) &
  python3 descriptors.py management --port 8080 --management-port 8081
"""
import collections
import time

import common

COUNT = 1100


def slow_heads(args):
    port = args.management_port if args.target == "management" else args.port
    outcomes = collections.Counter()
    sockets = []
    end = time.monotonic() + args.seconds
    for _ in range(COUNT):
        try:
            sock = common.connect(port, timeout=2)
            sock.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n")
            sockets.append(sock)
        except OSError:
            outcomes["refused at once"] += 1
    header = 0
    while time.monotonic() < end:
        header += 1
        for sock in list(sockets):
            try:
                sock.sendall(b"X-%d: y\r\n" % header)
            except OSError:
                outcomes["closed by the server"] += 1
                sockets.remove(sock)
        time.sleep(1)
    outcomes["still open"] = len(sockets)
    for sock in sockets:
        sock.close()
    return dict(outcomes)


if __name__ == "__main__":
    parser = common.arguments(__doc__)
    parser.add_argument("target", choices=["api", "management"])
    parsed = parser.parse_args()
    common.watched(parsed, lambda: slow_heads(parsed))
