#!/usr/bin/env python3
"""Takes file descriptors: 1 100 connections that send the head of a request very slowly.

    python3 loadtest/abuse/descriptors.py api|management [--seconds 20]

Starts a server of its own that may have 1 024 descriptors. Ends with 1 if the server or a bystander had no answer.
"""

import collections
import sys
import time

import attack

DESCRIPTORS = 1_024


def slow_heads(server, target, count, seconds):
    port = server.management if target == "management" else server.port
    outcomes = collections.Counter()
    connections = []
    end = time.monotonic() + seconds
    for _ in range(count):
        try:
            connection = attack.connect(port, timeout=2)
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n")
            connections.append(connection)
        except OSError:
            outcomes["refused at once"] += 1
    header = 0
    while time.monotonic() < end:
        header += 1
        for connection in list(connections):
            try:
                connection.sendall(b"X-%d: y\r\n" % header)
            except OSError:
                outcomes["closed by the server"] += 1
                connections.remove(connection)
                connection.close()
        time.sleep(1)
    outcomes["still open"] = len(connections)
    for connection in connections:
        connection.close()
    return dict(outcomes)


def main():
    parser = attack.arguments_of(__doc__, seconds=20)
    parser.add_argument("target", choices=["api", "management"])
    parser.add_argument("--connections", type=attack.at_most(attack.MOST_CONNECTIONS), default=1_100)
    arguments = parser.parse_args()
    return attack.watched(
        arguments,
        lambda server: slow_heads(server, arguments.target, arguments.connections, arguments.seconds),
        descriptors=DESCRIPTORS)


if __name__ == "__main__":
    sys.exit(main())
