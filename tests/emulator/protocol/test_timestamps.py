import pytest

from emulator.protocol.timestamps import epoch_number, iso_8601, rfc_822, timestamp_from_wire


@pytest.mark.parametrize(
    ("wire", "instant"),
    [
        (0, 0.0),
        (-1.5, -1.5),
        ("1.5", 1.5),
        ("1.7E9", 1_700_000_000.0),
        ("1970-01-01", 0.0),
        ("1970-01-01T00:00:01", 1.0),
        ("1970-01-01T00:00:00.250Z", 0.25),
        ("1970-01-01T01:00:00+01:00", 0.0),
        ("Thu, 01 Jan 1970 00:00:10 GMT", 10.0),
        ("1 Jan 1970 00:00:10.5 +0000", 10.5),
    ],
)
def test_reading(wire, instant):
    assert instant == timestamp_from_wire(wire)


@pytest.mark.parametrize(
    "wire",
    [
        "",
        "soon",
        "Thu, 01 Foo 1970 00:00:10 GMT",
        "Thu, 41 Jan 1970 00:00:10 GMT",
        "nan",
        "inf",
        1e18,
        10**400,
        True,
        None,
        [],
        {},
        b"1",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_what_is_no_timestamp(wire):
    with pytest.raises(ValueError):  # noqa: PT011 (the value itself is the message)
        timestamp_from_wire(wire)


@pytest.mark.parametrize(
    ("instant", "number", "iso", "rfc"),
    [
        (0.0, 0, "1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
        (1_700_000_000.1234, 1_700_000_000.123, "2023-11-14T22:13:20.123Z", "Tue, 14 Nov 2023 22:13:20 GMT"),
        (1_700_000_000.9999, 1_700_000_001, "2023-11-14T22:13:21Z", "Tue, 14 Nov 2023 22:13:20 GMT"),
        (-0.5, -0.5, "1969-12-31T23:59:59.500Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ],
)
def test_writing(instant, number, iso, rfc):
    assert (number, iso, rfc) == (epoch_number(instant), iso_8601(instant), rfc_822(instant))
