"""The MD5 digests with which SDKs check what they sent and received.

AWS: the byte layout of the attributes' digest is given at
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
"""

import hashlib
from collections.abc import Mapping
from typing import Any

STRING_VALUE = b"\x01"
BINARY_VALUE = b"\x02"


def md5_of_body(body: bytes) -> str:
    """Return the hexadecimal MD5 of a message body in UTF-8."""
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


def md5_of_attributes(attributes: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the hexadecimal MD5 over names, types and values, in order of the names; empty for none."""
    if not attributes:
        return ""
    digest = hashlib.md5(usedforsecurity=False)
    for name in sorted(attributes):
        attribute = attributes[name]
        _add(digest, name.encode())
        _add(digest, attribute["DataType"].encode())
        if "BinaryValue" in attribute:
            digest.update(BINARY_VALUE)
            _add(digest, attribute["BinaryValue"])
        else:
            digest.update(STRING_VALUE)
            _add(digest, attribute["StringValue"].encode())
    return digest.hexdigest()


def _add(digest: "hashlib._Hash", value: bytes) -> None:
    digest.update(len(value).to_bytes(4, "big"))
    digest.update(value)
