"""A server process to measure, load on it, and figures with their spread."""

import contextlib
import http.client
import json
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{}/aws4_request, "
    "SignedHeaders=host;x-amz-date;x-amz-target, Signature=" + "0" * 64
)
TARGETS = {"events": ("AWSEvents", "1.1"), "sqs": ("AmazonSQS", "1.0")}


@dataclass
class Figure:
    """Samples of one quantity."""

    what: str
    unit: str
    samples: list[float]

    def spread(self) -> tuple[float, float, float]:
        return min(self.samples), statistics.median(self.samples), max(self.samples)


class Server:
    """A running server and the plainest of clients."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process = process
        self.port = port

    def call(self, service: str, operation: str, **params: object) -> dict[str, object]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("POST", "/", json.dumps(params), headers(service, operation))
        response = connection.getresponse()
        body = response.read()
        connection.close()
        if response.status != 200:
            raise RuntimeError(body.decode())
        return json.loads(body or b"{}")

    def resident_megabytes(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) / 1024


def headers(service: str, operation: str) -> dict[str, str]:
    prefix, version = TARGETS[service]
    return {
        "X-Amz-Target": f"{prefix}.{operation}",
        "Content-Type": f"application/x-amz-json-{version}",
        "Authorization": AUTHORIZATION.format(service),
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def server(*options: str) -> Iterator[Server]:
    """Run server.py on a free port for the length of the block."""
    port = free_port()
    with running([sys.executable, "server.py", "--port", str(port), *options], port) as target:
        yield target


@contextlib.contextmanager
def bare_server() -> Iterator[Server]:
    """Run the yardstick on a free port for the length of the block."""
    port = free_port()
    with running([sys.executable, "-m", "benchmarks.bare", str(port)], port) as target:
        yield target


@contextlib.contextmanager
def running(command: list[str], port: int) -> Iterator[Server]:
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        for line in process.stdout:
            if line.startswith("Ready."):
                break
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait()


def requests_per_second(
    target: Server, service: str, operation: str, params: object, seconds: float
) -> float:
    """Return how many identical requests a second are answered, eight connections asking."""
    if not shutil.which("wrk"):
        sys.exit("the load benchmarks need wrk on the PATH")
    lines = [
        'wrk.method = "POST"',
        f"wrk.body = {json.dumps(json.dumps(params))}",
        *(f"wrk.headers[{json.dumps(k)}] = {json.dumps(v)}" for k, v in headers(service, operation).items()),
    ]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write("\n".join(lines))
        script.flush()
        command = ["wrk", "-t1", "-c8", f"-d{max(1, round(seconds))}s", "-s", script.name]
        url = f"http://127.0.0.1:{target.port}/"
        printed = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in printed:
        raise RuntimeError(printed)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", printed).group(1))


def start_to_first_answer(operation: str, params: dict[str, object]) -> float:
    """Return the seconds from starting the process to its first answered events call."""
    port = free_port()
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "server.py", "--port", str(port)], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    try:
        while True:
            try:
                Server(process, port).call("events", operation, **params)
                return time.perf_counter() - started
            except ConnectionRefusedError:
                if process.poll() is not None:
                    raise
                time.sleep(0.002)
    finally:
        process.terminate()
        process.wait()
