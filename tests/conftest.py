"""Fixtures: an emulator on a free port in a thread of its own, boto3 clients that talk to it, its control API."""

import asyncio
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from hypothesis import settings as hypothesis_settings

from emulator.app import Emulator
from emulator.settings import Settings

# Starting from the same examples everywhere keeps a red run red on the next machine.
hypothesis_settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis_settings.load_profile("repeatable")

EPOCH = 1_800_000_000.0


class ControlRefused(Exception):
    """The control API's refusal: `args` are status and message."""


class RunningEmulator:
    """An emulator in a thread; blocking clients and tests stay on theirs."""

    def __init__(self, settings: Settings) -> None:
        self.emulator = Emulator(settings)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.run(self.emulator.start())
        self._clients: list[Any] = []
        self.url = f"http://127.0.0.1:{self.emulator.port}"

    def run(self, work: Any) -> Any:
        """Run a coroutine on the emulator's loop and return its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)

    def stop(self) -> None:
        for client in self._clients:
            client.close()
        self.run(self.emulator.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def client(self, service: str, *, region: str = "us-east-1", access_key: str = "test") -> Any:
        client = boto3.client(
            service,
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id=access_key,
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}, inject_host_prefix=False),
        )
        self._clients.append(client)
        return client

    def control(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        """Call the control API and return its document; an error status raises."""
        body = json.dumps(arguments).encode() if arguments else None
        request = urllib.request.Request(self.url + path, method=method, data=body)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return json.loads(response.read() or b"{}")
        except urllib.error.HTTPError as error:
            with error:
                raise ControlRefused(error.code, json.loads(error.read())["error"]) from None

    def raw(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
        """Send a request as it is and return the body of the answer."""
        request = urllib.request.Request(self.url + path, method=method, data=body, headers=headers)
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.read()

    def refusal(self, method: str, path: str, **arguments: Any) -> tuple[int, str]:
        """Return the status and the message with which the control API refuses a call."""
        with pytest.raises(ControlRefused) as caught:
            self.control(method, path, **arguments)
        return caught.value.args

    def settle(self) -> dict[str, Any]:
        return self.control("POST", "/_emulator/settle")

    def advance(self, seconds: float) -> dict[str, Any]:
        return self.control("POST", "/_emulator/clock", action="advance", seconds=seconds)


StartEmulator = Callable[..., RunningEmulator]


@pytest.fixture
def start_emulator() -> Iterator[StartEmulator]:
    """Start emulators that end with the test."""
    running: list[RunningEmulator] = []

    def start(**settings: Any) -> RunningEmulator:
        running.append(RunningEmulator(Settings(port=0, seed=1, **settings)))
        return running[-1]

    yield start
    for emulator in running:
        emulator.stop()


@pytest.fixture(params=["memory", "sqlite"])
def emulator(
    request: pytest.FixtureRequest, start_emulator: StartEmulator, tmp_path: Path
) -> RunningEmulator:
    """An emulator on a frozen clock, once in memory and once with a journal."""
    return start_emulator(frozen_at=EPOCH, data_dir=tmp_path if request.param == "sqlite" else None)


@pytest.fixture
def events(emulator: RunningEmulator) -> Any:
    return emulator.client("events")


@pytest.fixture
def sqs(emulator: RunningEmulator) -> Any:
    return emulator.client("sqs")
