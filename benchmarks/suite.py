"""The benchmarks by name; each yields figures."""

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import boto3
from botocore.config import Config

from benchmarks.measure import (
    Figure,
    Server,
    bare_server,
    requests_per_second,
    server,
    start_to_first_answer,
)
from benchmarks.rules import change_rules, match_events

Benchmark = Callable[[int, float], Iterator[Figure]]

EVENT = {
    "Source": "shop.orders.7",
    "DetailType": "OrderPlaced",
    "Detail": json.dumps(
        {
            "order": {"id": "o-4711", "total": 129.9, "currency": "EUR", "channel": "web"},
            "customer": {"id": "c-42", "tier": "gold", "country": "DE"},
            "items": [{"sku": f"sku-{n}", "quantity": n, "price": 9.99} for n in range(1, 6)],
            "note": "x" * 120,
        }
    ),
}
ROUND_TRIPS = 300
DEEP_QUEUE = 100_000


def start(rounds: int, _seconds: float) -> Iterator[Figure]:
    samples = [start_to_first_answer("PutEvents", {"Entries": [EVENT]}) for _ in range(rounds + 1)]
    yield Figure("start to first answered PutEvents", "s", samples[1:])


def memory(rounds: int, _seconds: float) -> Iterator[Figure]:
    samples = []
    for _ in range(rounds):
        with server() as running:
            running.call("events", "PutEvents", Entries=[EVENT])
            samples.append(running.resident_megabytes())
    yield Figure("idle memory (resident, after one PutEvents)", "MB", samples)


def put_events(rounds: int, seconds: float) -> Iterator[Figure]:
    for rules in (1, 100):
        for entries in (1, 10):
            with server() as running, bare_server() as bare:
                with_rules(running, rules)
                load = Load("events", "PutEvents", {"Entries": [EVENT] * entries}, seconds)
                what = f"PutEvents, {entries} per call, {rules} rules, one delivers to SQS"
                yield from beside_bare(what, load, rounds, running, bare)


class Load(NamedTuple):
    service: str
    operation: str
    params: dict[str, object]
    seconds: float

    def on(self, target: Server) -> float:
        return requests_per_second(target, self.service, self.operation, self.params, self.seconds)


def beside_bare(what: str, load: Load, rounds: int, running: Server, bare: Server) -> Iterator[Figure]:
    """Measure calls a second, and their share of what the yardstick does in the same round."""
    rates, shares = [], []
    for _ in range(rounds):
        yardstick = load.on(bare)
        rates.append(load.on(running))
        shares.append(rates[-1] / yardstick)
        running.call("sqs", "PurgeQueue", QueueUrl="/000000000000/orders")
    yield Figure(what, "calls/s", rates)
    yield Figure("    of a bare aiohttp server in the same round", "share", shares)


def with_rules(running: Server, count: int) -> None:
    """Make `count` rules of which one (source shop.orders.7) matches the event and delivers to a queue."""
    running.call("sqs", "CreateQueue", QueueName="orders")
    for number in range(count):
        source = number if count > 1 else 7
        pattern = {
            "source": [f"shop.orders.{source}"],
            "detail-type": ["OrderPlaced", "OrderChanged"],
            "detail": {
                "order": {"total": [{"numeric": [">", 100]}]},
                "customer": {"tier": [{"prefix": "go"}]},
            },
        }
        running.call("events", "PutRule", Name=f"rule-{number}", EventPattern=json.dumps(pattern))
        target = {"Id": "q", "Arn": "arn:aws:sqs:us-east-1:000000000000:orders"}
        running.call("events", "PutTargets", Rule=f"rule-{number}", Targets=[target])


def send_message(rounds: int, seconds: float) -> Iterator[Figure]:
    params = {"QueueUrl": "/000000000000/orders", "MessageBody": "x" * 500}
    load = Load("sqs", "SendMessage", params, seconds)
    with tempfile.TemporaryDirectory() as folder:
        for what, options in (("in memory", ()), ("with --data-dir", ("--data-dir", folder))):
            with server(*options) as running, bare_server() as bare:
                running.call("sqs", "CreateQueue", QueueName="orders")
                yield from beside_bare(f"SendMessage of 500 bytes, {what}", load, rounds, running, bare)


def receive_message(rounds: int, seconds: float) -> Iterator[Figure]:
    entries = [{"Id": str(n), "MessageBody": "x" * 500} for n in range(10)]
    params = {"QueueUrl": "/000000000000/orders", "MaxNumberOfMessages": 10, "VisibilityTimeout": 0}
    for depth in (1_000, DEEP_QUEUE):
        with server() as running:
            running.call("sqs", "CreateQueue", QueueName="orders")
            for _ in range(depth // 10):
                running.call("sqs", "SendMessageBatch", QueueUrl="/000000000000/orders", Entries=entries)
            samples = [
                requests_per_second(running, "sqs", "ReceiveMessage", params, seconds) for _ in range(rounds)
            ]
        yield Figure(f"ReceiveMessage of 10 from a queue of {depth:,}", "calls/s", samples)


def round_trip(rounds: int, _seconds: float) -> Iterator[Figure]:
    medians, tails = [], []
    with server() as running:
        with_rules(running, 100)
        options = {
            "endpoint_url": f"http://127.0.0.1:{running.port}",
            "region_name": "us-east-1",
            "aws_access_key_id": "test",
            "aws_secret_access_key": "test",
            "config": Config(retries={"total_max_attempts": 1}),
        }
        events, sqs = boto3.client("events", **options), boto3.client("sqs", **options)
        queue = sqs.get_queue_url(QueueName="orders")["QueueUrl"]
        for _ in range(rounds):
            samples = [one_round_trip(events, sqs, queue) for _ in range(ROUND_TRIPS)]
            medians.append(statistics.median(samples) * 1000)
            tails.append(statistics.quantiles(samples, n=100)[98] * 1000)
    yield Figure("boto3 PutEvents to ReceiveMessage, p50", "ms", medians)
    yield Figure("boto3 PutEvents to ReceiveMessage, p99", "ms", tails)


def one_round_trip(events: object, sqs: object, queue: str) -> float:
    started = time.perf_counter()
    events.put_events(Entries=[EVENT])
    messages = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=5)["Messages"]
    taken = time.perf_counter() - started
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=messages[0]["ReceiptHandle"])
    return taken


BENCHMARKS: dict[str, Benchmark] = {
    "start": start,
    "memory": memory,
    "put_events": put_events,
    "send_message": send_message,
    "receive_message": receive_message,
    "round_trip": round_trip,
    "match_events": match_events,
    "change_rules": change_rules,
}
