"""Amazon Data Firehose, as far as events are sent there: streams that keep their records to be looked at."""

from emulator.operations.table import Service
from emulator.services.firehose import delivery_streams
from emulator.services.firehose.records import RECORDS, STREAMS

__all__ = ["SERVICE", "delivery_streams"]

SERVICE = Service("firehose", delivery_streams.ops, (STREAMS, RECORDS))
