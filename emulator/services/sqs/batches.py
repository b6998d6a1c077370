"""What every batch operation shares: checks of the whole, partial success of its entries."""

import re
from collections.abc import Callable

from emulator.core.errors import AwsError
from emulator.operations.table import Params, Result
from emulator.services.sqs.errors import (
    BatchEntryIdsNotDistinct,
    EmptyBatchRequest,
    InvalidBatchEntryId,
    TooManyEntriesInBatchRequest,
)

ENTRIES_MAX = 10
ENTRY_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")


def check_batch(entries: list[Params], entry_shape: str) -> None:
    """Check the entries' number and ids; `entry_shape` is the name AWS gives an entry in its message."""
    if not entries:
        raise EmptyBatchRequest(f"There should be at least one {entry_shape} in the request.")
    if len(entries) > ENTRIES_MAX:
        raise TooManyEntriesInBatchRequest(
            f"Maximum number of entries per request are {ENTRIES_MAX}. You have sent {len(entries)}."
        )
    seen: set[str] = set()
    for entry in entries:
        entry_id = entry["Id"]
        if not ENTRY_ID.fullmatch(entry_id):
            raise InvalidBatchEntryId(
                "A batch entry id can only contain alphanumeric characters, hyphens and underscores."
                " It can be at most 80 letters long."
            )
        if entry_id in seen:
            raise BatchEntryIdsNotDistinct(f"Id {entry_id} repeated.")
        seen.add(entry_id)


def run_batch(entries: list[Params], run: Callable[[Params], Result]) -> Result:
    """Run each entry and return what succeeded and what failed; AWS leaves an empty one of the two out."""
    successful, failed = [], []
    for entry in entries:
        try:
            successful.append({"Id": entry["Id"], **run(entry)})
        except AwsError as error:
            failed.append(
                {
                    "Id": entry["Id"],
                    "SenderFault": error.fault == "Sender",
                    "Code": error.code,
                    "Message": error.message,
                }
            )
    result: Result = {}
    if successful:
        result["Successful"] = successful
    if failed:
        result["Failed"] = failed
    return result
