"""Amazon Kinesis Data Streams, as far as events are sent there and read back: streams, shards, records."""

from emulator.operations.table import Service
from emulator.services.kinesis import data, streams
from emulator.services.kinesis.records import RECORDS, STREAMS

__all__ = ["SERVICE", "data", "streams"]

SERVICE = Service("kinesis", streams.ops, (STREAMS, RECORDS))
