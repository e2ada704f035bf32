"""What attacks have in common: a server of their own, a bystander that is measured, bounds.

An attack is a program beside this file. It starts a Server, measures a Bystander alone and beside the attack, and
prints what both got. Standard library only. Traffic goes to 127.0.0.1 alone, connections and time are bounded, and it ends by
itself.
"""

import argparse
import collections
import contextlib
import http.client
import json
import multiprocessing
import os
import pathlib
import resource
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
MODEL = "smollm2-135m-instruct"


MOST_SECONDS = 120
MOST_ROUNDS = 20
MOST_CONNECTIONS = 2_000


def at_most(limit, kind=int):
    """A number of the command line, bounded, so that no attack is larger or longer than it says."""
    def parse(text):
        number = kind(text)
        if not 0 < number <= limit:
            raise argparse.ArgumentTypeError(f"must be more than 0 and at most {limit}: {text}")
        return number
    return parse


def loopback(url):
    """A URL of the command line; any but a loopback address is refused."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise argparse.ArgumentTypeError(f"must be http on 127.0.0.1: {url}")
    return url


def arguments_of(documentation, seconds):
    """A parser with the arguments of every attack."""
    parser = argparse.ArgumentParser(description=documentation, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--serve", default=str(ROOT / "vitrine") + " serve", help="command that starts the server")
    parser.add_argument("--models", default=str(ROOT / "data" / "models"), help="model cache, used in place")
    parser.add_argument("--seconds", type=at_most(MOST_SECONDS, float), default=seconds, help="of one phase")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="settings of the server")
    return parser


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


class Server:
    """A server in a folder of its own; a context manager. Without tenants it needs no key."""

    def __init__(self, arguments, tenants=(), descriptors=None):
        self.arguments = arguments
        self.tenants = list(tenants)
        self.descriptors = descriptors
        self.keys = {}
        self.port, self.management = free_port(), free_port()

    def __enter__(self):
        self.stack = contextlib.ExitStack()
        data = pathlib.Path(self.stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        (data / "models").symlink_to(pathlib.Path(self.arguments.models).resolve())
        (data / "tenants.yaml").write_text(json.dumps({"tenants": self.tenants}))
        limit = [] if self.descriptors is None else ["prlimit", f"--nofile={self.descriptors}:{self.descriptors}"]
        command = limit + shlex.split(self.arguments.serve) + [
            "--data", str(data), "--model", MODEL, "--port", str(self.port), "--management-port", str(self.management),
            "--set", f"tenants.file={data / 'tenants.yaml'}", "--set", "telemetry.logs.console=json",
        ]
        for setting in self.arguments.set:
            command += ["--set", setting]
        self.log = open(data / "server.log", "wb")
        self.stack.callback(self.log.close)
        self.process = subprocess.Popen(command, stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True)
        self.stack.callback(self.stop)
        try:
            self.await_ready()
            for tenant in self.tenants:
                self.keys[tenant["id"]] = self.new_key(tenant["id"])
        except BaseException:
            sys.stderr.write((data / "server.log").read_text(errors="replace")[-2_000:])
            self.stack.close()
            raise
        return self

    def __exit__(self, *failure):
        self.stack.close()

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()

    def await_ready(self, limit=300):
        end = time.monotonic() + limit
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise SystemExit("the server has ended before it was ready")
            with contextlib.suppress(OSError):
                if self.call("GET", "/health")[0] == 200:
                    return
            time.sleep(0.2)
        raise SystemExit("the server was not ready in time")

    def call(self, method, path, body=None, port=None, headers=None):
        connection = http.client.HTTPConnection(HOST, port or self.port, timeout=60)
        try:
            connection.request(method, path, body, {"content-type": "application/json", **(headers or {})})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def new_key(self, tenant):
        status, answer = self.call(
            "POST", "/api/keys", json.dumps({"tenant": tenant, "name": "abuse"}), port=self.management)
        if status != 201:
            raise SystemExit(f"no key for {tenant}: {status} {answer[:200]}")
        return json.loads(answer)["key"]

    def metrics(self, *names):
        """Samples of the management port whose names begin with one of these; None if there was no answer."""
        try:
            status, text = self.call("GET", "/metrics", port=self.management)
        except (OSError, http.client.HTTPException):
            return None
        if status != 200:
            return None
        samples = (line.rsplit(" ", 1) for line in text.decode().splitlines() if line.startswith(names))
        return {name: float(value) for name, value in samples if float(value) != 0}

    def alive(self):
        return self.process.poll() is None


class Measured:
    """What a bystander got: times to first token in seconds, and how many requests and scrapes had no answer."""

    def __init__(self, times=(), failed=0, scrapes_failed=0):
        self.times, self.failed, self.scrapes_failed = list(times), failed, scrapes_failed

    def __add__(self, other):
        return Measured(
            self.times + other.times, self.failed + other.failed, self.scrapes_failed + other.scrapes_failed)

    def percentile(self, part):
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else float("inf")

    def __str__(self):
        return (f"{len(self.times):5} answers, {self.failed} failed, TTFT p50 {self.percentile(0.5) * 1e3:7.1f} ms,"
                f" p95 {self.percentile(0.95) * 1e3:7.1f} ms, {self.scrapes_failed} scrapes failed")


class Bystander:
    """A client that asks for short streamed answers, one after the other."""

    def __init__(self, server, tenant=None):
        self.server = server
        self.headers = {"content-type": "application/json"}
        if tenant is not None:
            self.headers["authorization"] = f"Bearer {server.keys[tenant]}"
        self.count = 0

    def first_token_seconds(self):
        """Time to first token; None if there was none."""
        self.count += 1
        body = json.dumps({
            "model": MODEL, "stream": True, "max_tokens": 8, "temperature": 0,
            "messages": [{"role": "user", "content": f"Name a colour, please. This is question {self.count}."}],
        })
        connection = http.client.HTTPConnection(HOST, self.server.port, timeout=60)
        start = time.monotonic()
        try:
            connection.request("POST", "/v1/chat/completions", body, self.headers)
            response = connection.getresponse()
            first = None
            for line in response:
                text = line.decode().removeprefix("data: ").strip()
                # The role goes out before the first token is computed, or with it.
                if text.startswith("{") and first is None:
                    choices = json.loads(text).get("choices") or [{}]
                    if choices[0].get("delta", {}).get("content") or choices[0].get("finish_reason"):
                        first = time.monotonic() - start
            return first if response.status == 200 else None
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def measure(self, seconds, scrape=False):
        """Asks for so long; with ``scrape`` for the metrics too, after each answer."""
        measured = Measured()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            first = self.first_token_seconds()
            if first is None:
                measured.failed += 1
            else:
                measured.times.append(first)
            if scrape and self.server.metrics("vitrine_http_") is None:
                measured.scrapes_failed += 1
        return measured


class Attack:
    """Threads that do something again and again until the phase is over; counts what each try got.

    They run in a process of their own at the lowest priority: an attacker takes no processor time from the server's
    machine, and its threads must not delay the bystander's clock.
    """

    FORK = multiprocessing.get_context("fork")

    def __init__(self):
        self.over = self.FORK.Event()
        self.processes = []
        self.results = self.FORK.SimpleQueue()

    def start(self, count, name, attempt, pause):
        """Each of ``count`` threads calls ``attempt()`` and counts what it gives, with a pause in between."""
        def one(got):
            while not self.over.is_set():
                try:
                    result = attempt()
                except OSError as failure:
                    result = type(failure).__name__
                got[name, result] += 1
                self.over.wait(pause)

        def run():
            got = collections.Counter()
            threads = [threading.Thread(target=one, args=(got,), daemon=True) for _ in range(count)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(MOST_SECONDS)
            return got
        self.processes.append(apart(self.FORK, run, self.results))

    def stop(self):
        """Ends the attack; what it got."""
        self.over.set()
        got = collections.Counter()
        for process in self.processes:
            got.update(self.results.get())
            process.join()
        return got


def apart(context, work, results):
    """Starts a process of the lowest priority that puts into ``results`` what ``work()`` gives."""
    def run():
        os.nice(19)
        results.put(work())
    process = context.Process(target=run, daemon=True)
    process.start()
    return process


def connect(port, timeout=60):
    return socket.create_connection((HOST, port), timeout=timeout)


def post(server, tenant, path, body, chunk=64 * 1024):
    """Sends a body until it is sent or an answer comes; gives the status."""
    with connect(server.port) as connection:
        connection.sendall(
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n"
            f"Authorization: Bearer {server.keys[tenant]}\r\nContent-Length: {len(body)}\r\n\r\n".encode())
        view = memoryview(body)
        while view:
            connection.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                if connection.recv(1, socket.MSG_PEEK):
                    break
            connection.settimeout(60)
            view = view[connection.send(view[:chunk]):]
        connection.settimeout(60)
        answer = connection.recv(64)
        return int(answer.split()[1]) if answer.startswith(b"HTTP/1.1 ") else "closed"


def raise_own_descriptors():
    """An attack needs a descriptor for each connection, as the server does."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def watched(arguments, attack, descriptors=None):
    """Measures a bystander alone, then beside ``attack(server)``, which ends by itself; 1 if one of them failed."""
    raise_own_descriptors()
    with Server(arguments, descriptors=descriptors) as server:
        bystander = Bystander(server)
        bystander.measure(5)  # warm
        alone = bystander.measure(arguments.seconds, scrape=True)
        results = Attack.FORK.SimpleQueue()
        process = apart(Attack.FORK, lambda: attack(server), results)
        beside = Measured()
        while results.empty() and process.is_alive() and server.alive():
            beside += bystander.measure(1, scrape=True)
        got = None if results.empty() else results.get()
        after = server.metrics("vitrine_http_", 'jvm_memory_used_bytes{area="heap"', "process_files")
        print(json.dumps({"attacker": got, "meters": after}, indent=2))
        print(f"bystander alone : {alone}\nbystander beside: {beside}")
        print("the server is up" if after else "THE SERVER IS DOWN")
        return 0 if after and beside.times and not beside.failed and not beside.scrapes_failed else 1


def report_bystander(alone, beside, bound):
    """Prints the bystander's times in both phases; gives whether the ratio of their p95 keeps the bound."""
    print(f"bystander alone : {alone}\nbystander beside: {beside}")
    ratio = beside.percentile(0.95) / alone.percentile(0.95)
    kept = ratio <= bound and beside.failed == 0
    print(f"TTFT p95 ratio: {ratio:.2f} (bound {bound}): {'kept' if kept else 'NOT KEPT'}")
    return kept
