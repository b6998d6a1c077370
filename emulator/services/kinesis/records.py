"""What Kinesis stores."""

from emulator.core.record import Record
from emulator.core.store import TableSpec


class Stream(Record, frozen=True):
    """A data stream with shards of equal shares of the hash keys."""

    name: str
    created_at: float
    shards: int
    mode: str = "PROVISIONED"
    retention_hours: int = 24
    tags: dict[str, str] = {}


class DataRecord(Record, frozen=True):
    """A record of a stream; sequence numbers are of one length, so that they sort as texts."""

    sequence_number: str
    shard: int
    partition_key: str
    data: bytes
    arrived_at: float


STREAMS = TableSpec("kinesis.streams", Stream, key=lambda stream: stream.name)
# One part per stream.
RECORDS = TableSpec("kinesis.records", DataRecord, key=lambda record: record.sequence_number)
