"""The rest-json protocol's bodies and errors: scheduler, pipes, lambda, schemas."""

from typing import Any

import orjson

from emulator.core.errors import AwsError
from emulator.protocol.documents import DocumentReader, DocumentWriter, base64_text, json_float
from emulator.protocol.json_ import json_document
from emulator.protocol.models import Member, OperationModel, Shape
from emulator.protocol.refusals import Refusal
from emulator.protocol.rest import ReadBody, WriteBody
from emulator.protocol.timestamps import epoch_number


class JsonBodies:
    """JSON objects."""

    content_type = "application/json"

    def __init__(self) -> None:
        self._reader = DocumentReader()
        self._writer = DocumentWriter(base64_text, epoch_number, json_float)

    def structure_reader(self, shape: Shape, members: list[Member]) -> ReadBody:
        """Return the reader of the members that travel in the body."""
        read = self._reader.structure(shape, members)
        return lambda body: read(json_document(body))

    def payload_reader(self, member: Member) -> ReadBody:
        """Return the reader of the one member that is the body."""
        read = self._reader.convert(member.shape)
        return lambda body: read(json_document(body))

    def structure_writer(self, _operation: OperationModel, shape: Shape, members: list[Member]) -> WriteBody:
        """Return the writer of the members that travel in the body; without any it is the empty object."""
        write = self._writer.structure(shape, members)
        return lambda result: orjson.dumps(write(result))

    def payload_writer(self, member: Member) -> WriteBody:
        """Return the writer of the one member that is the body."""
        write = self._writer.element(member.shape)
        return orjson.dumps if write is None else lambda value: orjson.dumps(write(value))

    def error(self, refusal: Refusal, error: AwsError, _request_id: str) -> tuple[bytes, dict[str, str]]:
        """Return the message and the members that have no header; the code is in a header."""
        document: dict[str, Any] = {refusal.message_name: error.message}
        shape = refusal.shape
        if shape is not None:
            if "Type" in shape.members:
                document["Type"] = "User" if refusal.fault == "Sender" else "Service"  # AWS: lambda's errors
            in_body = [member for member in shape.members.values() if member.location is None]
            document |= self._writer.structure(shape, in_body)(error.members)
        return orjson.dumps(document), {"x-amzn-ErrorType": refusal.code}
