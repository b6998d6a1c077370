"""The composition root: builds every part, lists the services, starts and stops them in order."""

import asyncio
import errno
import logging
import os
import signal
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import msgspec
from aiohttp import web

from emulator.control.api import ControlApi
from emulator.core.clock import Clock, SystemClock, VirtualClock
from emulator.core.journal import JournalError, SqliteJournal
from emulator.core.scope import Scope
from emulator.core.store import Store, TableSpec
from emulator.core.tasks import Tasks
from emulator.core.timekeeper import TimeKeeper
from emulator.core.timers import Timers
from emulator.core.trace import Spans, Trace
from emulator.core.world import World
from emulator.delivery.engine import DeliveryEngine
from emulator.delivery.http_client import HttpClient
from emulator.delivery.record import DELIVERIES
from emulator.gateway.http import Gateway
from emulator.operations.calls import Calls
from emulator.operations.table import Kernel, Service
from emulator.protocol.detect import Router
from emulator.protocol.models import load_service
from emulator.services import events, firehose, kinesis, logs, sqs
from emulator.settings import Settings

logger = logging.getLogger(__name__)

SERVICES: tuple[Service, ...] = (
    events.SERVICE,
    sqs.SERVICE,
    logs.SERVICE,
    kinesis.SERVICE,
    firehose.SERVICE,
)
"""Everything this emulator is; printing it shows the product."""

try:
    VERSION = version("busyard")
except PackageNotFoundError:  # run from a checkout that is not installed
    VERSION = "0+checkout"


class StartError(Exception):
    """The emulator cannot start; the message is one line for the person who started it."""


class Emulator:
    """One emulator: its state, its clock and, once started, its port."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        clock: Clock = SystemClock() if settings.frozen_at is None else VirtualClock(settings.frozen_at)
        self.kernel = Kernel(
            World(clock, settings.seed),
            Store(),
            Timers(),
            Tasks(),
            Spans(settings.limits.spans_max),
            settings.limits,
            HttpClient(answer_bytes_max=settings.limits.outbound_answer_bytes_max),
        )
        kernel = self.kernel
        self.timekeeper = TimeKeeper(
            kernel.world,
            kernel.timers,
            kernel.tasks,
            deadlines_per_run_max=settings.limits.deadlines_per_run_max,
        )
        self.calls = Calls(kernel, SERVICES, load_service)
        self.engine = DeliveryEngine(kernel, self.calls)
        self.calls.deliveries = self.engine
        self._default_scope = Scope(settings.account, settings.region)
        self._runner: web.ServerRunner | None = None
        self.port = settings.port

    async def start(self) -> None:
        """Open the journal in this thread, load the state, listen, resume what was under way.

        Raises:
            StartError: the port is taken, or the journal cannot be read.
        """
        self._load()
        gateway = Gateway(
            Router(service.name for service in SERVICES),
            self.calls,
            self._control(),
            world=self.kernel.world,
            default_scope=self._default_scope,
            body_bytes_max=self.settings.body_bytes_max,
            cors=self.settings.cors,
        )
        self._runner = web.ServerRunner(
            gateway.server(), shutdown_timeout=self.settings.drain_seconds_max / 3
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.settings.host, self.settings.port, backlog=1024)
        try:
            await site.start()
        except OSError as error:
            await self.stop()
            reason = "the port is in use" if error.errno == errno.EADDRINUSE else error.strerror
            message = f"cannot listen on {self.settings.host}:{self.settings.port}: {reason}"
            raise StartError(message) from error
        self.port = self._runner.addresses[0][1]
        self.timekeeper.start()
        self._resume()

    async def stop(self) -> None:
        """Stop listening, let what is in flight come to rest for a moment, close the journal."""
        if self._runner is not None:
            await self._runner.cleanup()
        try:
            async with asyncio.timeout(self.settings.drain_seconds_max / 3):
                await self.kernel.tasks.idle()
        except TimeoutError:
            logger.info("stopping with work in flight: %s", self.kernel.tasks.in_flight())
        self.timekeeper.stop()
        await self.kernel.tasks.cancel_all()
        await self.kernel.outbound.close()
        self.kernel.store.close()

    async def reset(self, account: str | None = None) -> None:
        """Forget all state, or one account's; the clock stays as it is."""
        self.kernel.store.clear(account)
        self.engine.clear(account)
        if account is None:
            self.kernel.spans.clear()

    def _control(self) -> ControlApi:
        return ControlApi(
            self.kernel,
            self.timekeeper,
            self.engine,
            self.calls,
            default_scope=self._default_scope,
            version=VERSION,
            services=[service.name for service in SERVICES],
            reset=self.reset,
        )

    def _load(self) -> None:
        specs: dict[str, TableSpec[Any]] = {DELIVERIES.name: DELIVERIES}
        for service in SERVICES:
            specs |= {table.name: table for table in service.tables}
        self.kernel.store.journal = _open_journal(self.settings)
        try:
            self.kernel.store.load(
                specs, lambda data, record_type: msgspec.json.decode(data, type=record_type)
            )
        except (KeyError, msgspec.DecodeError) as error:
            message = f"cannot read {self.settings.journal_path}: {error}"
            raise StartError(message) from error

    def _resume(self) -> None:
        env = self.calls.env(self._default_scope, Trace("", ""))
        for service in SERVICES:
            if service.restore is not None:
                service.restore(env)
        self.engine.start()


def _open_journal(settings: Settings) -> SqliteJournal | None:
    if settings.data_dir is None or settings.journal_path is None:
        return None
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        return SqliteJournal(settings.journal_path)
    except (OSError, JournalError) as error:
        raise StartError(str(error)) from error


async def serve(settings: Settings) -> None:
    """Run an emulator until SIGTERM or SIGINT.

    Raises:
        StartError: it cannot start.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    emulator = Emulator(settings)
    await emulator.start()
    logger.info("Busyard %s listens on http://%s:%d", VERSION, settings.host, emulator.port)
    logger.info("Ready.")
    await stopping.wait()
    logger.info("Stopping.")
    await emulator.stop()


def run(settings: Settings) -> None:
    """Run an emulator on the quickest event loop there is, until it is told to stop.

    Raises:
        StartError: it cannot start.
    """
    if os.name == "posix":
        import uvloop  # noqa: PLC0415 - not to be had on every platform

        uvloop.run(serve(settings))
    else:
        asyncio.run(serve(settings))
