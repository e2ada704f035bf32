"""What attacks have in common: a server of their own, tenants with keys, a well-behaved bystander that is measured.

An attack is a program of its own beside this file: it starts a Server, runs rounds of a Bystander alone and beside the
attack, alternating, and prints what both got. It sends to 127.0.0.1 only and ends by itself.
"""

import collections
import contextlib
import http.client
import json
import os
import pathlib
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
MODEL = "smollm2-135m-instruct"


def add_arguments(parser, rounds=4, seconds=15):
    """The arguments of every attack."""
    parser.add_argument("--serve", default=str(ROOT / "vitrine") + " serve", help="command that starts the server")
    parser.add_argument("--models", default=str(ROOT / "data" / "models"), help="model cache, used in place")
    parser.add_argument("--rounds", type=int, default=rounds, help="of one phase alone and one beside the attack")
    parser.add_argument("--seconds", type=float, default=seconds, help="of one phase")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="settings of the server")


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


class Server:
    """A server in a folder of its own, with tenants; a context manager."""

    def __init__(self, arguments, tenants):
        self.arguments = arguments
        self.tenants = tenants
        self.keys = {}
        self.port, self.management = free_port(), free_port()

    def __enter__(self):
        self.stack = contextlib.ExitStack()
        data = pathlib.Path(self.stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        (data / "models").symlink_to(pathlib.Path(self.arguments.models).resolve())
        (data / "tenants.yaml").write_text(json.dumps({"tenants": self.tenants}))
        command = shlex.split(self.arguments.serve) + [
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

    def alive(self):
        return self.process.poll() is None


class Bystander:
    """A tenant that asks for short streamed answers, one after the other."""

    def __init__(self, server, tenant):
        self.server = server
        self.tenant = tenant
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
            connection.request("POST", "/v1/chat/completions", body, {
                "content-type": "application/json", "authorization": f"Bearer {self.server.keys[self.tenant]}"})
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

    def measure(self, seconds):
        """Times to first token for so long, and how many requests had none."""
        times, failed = [], 0
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            first = self.first_token_seconds()
            if first is None:
                failed += 1
            else:
                times.append(first)
        return times, failed


class Attack:
    """Threads that do something again and again until the phase is over; counts what each try got."""

    def __init__(self):
        self.over = threading.Event()
        self.got = collections.Counter()
        self.threads = []

    def start(self, count, name, attempt, pause):
        """Each of ``count`` threads calls ``attempt()`` and counts what it gives, with a pause in between."""
        def run():
            while not self.over.is_set():
                try:
                    result = attempt()
                except OSError as failure:
                    result = type(failure).__name__
                self.got[name, result] += 1
                self.over.wait(pause)
        for _ in range(count):
            thread = threading.Thread(target=run, daemon=True)
            self.threads.append(thread)
            thread.start()

    def stop(self):
        self.over.set()
        for thread in self.threads:
            thread.join(60)


def post(server, tenant, path, body, chunk=64 * 1024):
    """Sends a body until it is sent or an answer comes; gives the status."""
    with socket.create_connection((HOST, server.port), timeout=60) as connection:
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


def percentile(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def report_bystander(alone, beside, bound):
    """Prints the bystander's times in both phases; gives whether the ratio of their p95 keeps the bound."""
    for name, (times, failed) in (("alone", alone), ("beside", beside)):
        print(f"bystander {name:7}: {len(times):5} answers, {failed} failed,"
              f" TTFT p50 {percentile(times, 0.5) * 1e3:7.1f} ms, p95 {percentile(times, 0.95) * 1e3:7.1f} ms")
    ratio = percentile(beside[0], 0.95) / percentile(alone[0], 0.95)
    kept = ratio <= bound and beside[1] == 0
    print(f"TTFT p95 ratio: {ratio:.2f} (bound {bound}): {'kept' if kept else 'NOT KEPT'}")
    return kept
