import math
from contextlib import suppress
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.core.errors import AwsError, SerializationException
from emulator.protocol.cbor import Instant, cbor_bytes, cbor_document
from emulator.protocol.codecs import CODECS
from emulator.protocol.models import load_service
from tests.emulator.protocol.oracle import request

CBOR = CODECS["smithy-rpc-v2-cbor"]
V2 = load_service("eventbridgev2")

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
)
documents = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10
)


@given(documents)
def test_there_and_back(document):
    assert document == cbor_document(cbor_bytes(document))


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(data):
    with suppress(ValueError):
        cbor_document(data)


# RFC 8949, appendix A
@pytest.mark.parametrize(
    ("hexadecimal", "document"),
    [
        ("00", 0),
        ("17", 23),
        ("1818", 24),
        ("1903e8", 1000),
        ("1bffffffffffffffff", 18446744073709551615),
        ("20", -1),
        ("3903e7", -1000),
        ("f93e00", 1.5),
        ("fa47c35000", 100000.0),
        ("fb3ff199999999999a", 1.1),
        ("f97c00", math.inf),
        ("f4", False),
        ("f6", None),
        ("f7", None),
        ("c11a514b67b0", 1363896240),
        ("4401020304", b"\x01\x02\x03\x04"),
        ("5f42010243030405ff", b"\x01\x02\x03\x04\x05"),
        ("7f657374726561646d696e67ff", "streaming"),
        ("9f018202039f0405ffff", [1, [2, 3], [4, 5]]),
        ("bf61610161629f0203ffff", {"a": 1, "b": [2, 3]}),
    ],
)
def test_examples_of_the_standard(hexadecimal, document):
    assert document == cbor_document(bytes.fromhex(hexadecimal))


@pytest.mark.parametrize(
    "hexadecimal",
    [
        "",
        "18",
        "1c",
        "ff",
        "61ff",
        "9f",
        "bf6161",
        "7f4101ff",
        "9bffffffffffffffff",
        "bbffffffffffffffff",
        "a10101",
        "c001",
        "f0",
        "fa00",
        "0000",
        "81" * 300 + "00",
    ],
)
def test_bytes_that_are_no_document(hexadecimal):
    wire = request(body=bytes.fromhex(hexadecimal) or b"\xff")
    with pytest.raises(SerializationException):
        CBOR.parse_request(V2.operation("ListEventBuses"), wire)
    with pytest.raises(ValueError):  # noqa: PT011 (many ways to be wrong)
        cbor_document(bytes.fromhex(hexadecimal))


def test_a_document_that_is_no_map():
    with pytest.raises(SerializationException):
        CBOR.parse_request(V2.operation("ListEventBuses"), request(body=b"\x01"))


def test_timestamps_are_tagged_and_subclasses_written_as_their_base():
    class Colour(StrEnum):
        RED = "r"

    assert "c10ac1fb3fe00000000000006172" == cbor_bytes([Instant(10), Instant(0.5), Colour.RED])[1:].hex()


def test_integers_beyond_eight_bytes():
    with pytest.raises(ValueError, match="18446744073709551616"):
        cbor_bytes(2**64)


def test_an_answer_and_an_error():
    class ResourceNotFoundException(AwsError):
        pass

    answer = CBOR.render_result(V2.operation("ListEventBuses"), {}, "the-id", None)
    headers = {
        "Content-Type": "application/cbor",
        "smithy-protocol": "rpc-v2-cbor",
        "x-amzn-RequestId": "the-id",
    }
    assert (200, headers, b"\xa0") == (answer.status, answer.headers, answer.body)
    error = CBOR.render_error(V2, ResourceNotFoundException("gone"), "the-id", None)
    document = cbor_document(error.body)
    assert (404, "ResourceNotFoundException", "gone") == (
        error.status,
        document["__type"],
        document["Message"],
    )


def test_query_compatible_services_name_both_codes():
    class InternalServiceFault(AwsError):
        pass

    error = CBOR.render_error(load_service("cloudwatch"), InternalServiceFault("x"), "the-id", None)
    assert "InternalServiceError;Receiver" == error.headers["x-amzn-query-error"]


def test_an_empty_body_is_an_empty_document():
    assert {} == CBOR.parse_request(V2.operation("ListEventBuses"), request())
