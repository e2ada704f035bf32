"""What the abuse scripts share: a bystander that measures what an attack does to it, and the server's own meters.
Standard library only.

Nothing here starts a server; traffic goes to 127.0.0.1 alone, and every script ends by itself.
"""
import argparse
import http.client
import json
import socket
import threading
import time

HOST = "127.0.0.1"


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--port", type=int, default=8080, help="of the API")
    parser.add_argument("--management-port", type=int, default=8081)
    parser.add_argument("--model", default="smollm2-135m-instruct")
    parser.add_argument("--seconds", type=float, default=20, help="length of the attack")
    return parser


def connect(port, timeout=60):
    sock = socket.create_connection((HOST, port), timeout=timeout)
    return sock


def chat(model, text, **fields):
    return json.dumps({"model": model, "messages": [{"role": "user", "content": text}], **fields}).encode()


def first_token_seconds(port, model):
    """Time to the first event of a small streamed chat; None if there was no answer."""
    began = time.monotonic()
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    try:
        body = chat(model, "Say hello.", stream=True, max_tokens=4)
        connection.request("POST", "/v1/chat/completions", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        if response.status != 200:
            return None
        for line in response:
            if line.startswith(b"data: "):
                took = time.monotonic() - began
                response.read()
                return took
        return None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


class Bystander(threading.Thread):
    """Asks for a small chat again and again, and for the metrics."""

    def __init__(self, args):
        super().__init__(daemon=True)
        self.args = args
        self.stopped = threading.Event()
        self.first_tokens = []
        self.failures = 0
        self.scrape_failures = 0

    def run(self):
        while not self.stopped.is_set():
            took = first_token_seconds(self.args.port, self.args.model)
            if took is None:
                self.failures += 1
            else:
                self.first_tokens.append(took)
            if metrics(self.args.management_port) is None:
                self.scrape_failures += 1
            self.stopped.wait(0.2)

    def stop(self):
        self.stopped.set()
        self.join(60)
        return self

    def summary(self):
        return {
            "requests": len(self.first_tokens) + self.failures,
            "failures": self.failures,
            "ttft_p50_ms": percentile(self.first_tokens, 0.5),
            "ttft_p95_ms": percentile(self.first_tokens, 0.95),
            "scrape_failures": self.scrape_failures,
        }


def percentile(values, part):
    if not values:
        return None
    ordered = sorted(values)
    return round(1000 * ordered[min(len(ordered) - 1, int(part * len(ordered)))], 1)


def metrics(management_port):
    """The management port's meters, as text; None if there was no answer."""
    connection = http.client.HTTPConnection(HOST, management_port, timeout=30)
    try:
        connection.request("GET", "/metrics")
        response = connection.getresponse()
        text = response.read().decode()
        return text if response.status == 200 else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def series(text, *names):
    """The samples whose names begin with one of the names, and are not zero."""
    found = {}
    for line in (text or "").splitlines():
        if line.startswith(names):
            name, value = line.rsplit(" ", 1)
            if float(value) != 0:
                found[name] = float(value)
    return found


def watched(args, attack):
    """Measures a bystander without the attack for five seconds, then beside it."""
    before = Bystander(args)
    before.start()
    time.sleep(5)
    before.stop()
    beside = Bystander(args)
    beside.start()
    attacker = attack()
    beside.stop()
    after = metrics(args.management_port)
    print(json.dumps({
        "attacker": attacker,
        "bystander_alone": before.summary(),
        "bystander_beside": beside.summary(),
        "server": "up" if after else "down",
        "meters": series(after, "vitrine_http_", "jvm_memory_max_bytes{area=\"heap\"", "process_files"),
    }, indent=2))
