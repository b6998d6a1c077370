"""What Firehose stores."""

from emulator.core.record import Record
from emulator.core.store import TableSpec


class DeliveryStream(Record, frozen=True):
    """A delivery stream; where it would deliver to is not kept, for nothing is delivered."""

    name: str
    created_at: float
    kind: str
    destination_id: str = "destinationId-000000000001"


class FirehoseRecord(Record, frozen=True):
    """A record that a stream has taken."""

    key: str
    record_id: str
    data: bytes
    arrived_at: float


STREAMS = TableSpec("firehose.streams", DeliveryStream, key=lambda stream: stream.name)
# One part per stream.
RECORDS = TableSpec("firehose.records", FirehoseRecord, key=lambda record: record.key)
