"""Target types: for each service a target's ARN may name, how an invocation becomes a call."""

from emulator.delivery.targets import events, firehose, kinesis, logs, sqs
from emulator.delivery.targets.table import TARGETS, Invocation

__all__ = ["TARGETS", "Invocation", "events", "firehose", "kinesis", "logs", "sqs"]
