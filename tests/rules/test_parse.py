"""What is a pattern and what is not; AWS's own messages are checked in tests/conformance."""

import json

import pytest

from rules import InvalidPattern, parse
from rules.pattern.tokens import NESTING_MAX
from rules.pattern.wildcard import COMPLEXITY_MAX, TOO_COMPLEX, complexity, segments_of


def refusal(text: str | bytes) -> InvalidPattern:
    with pytest.raises(InvalidPattern) as refused:
        parse(text)
    return refused.value


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"detail":{"state":"x"}}', "detail.state"),
        ('{"detail":{"state":[{"numeric":5}]}}', "detail.state.numeric"),
        ('{"a":[{"cidr":"x"}]}', "a.cidr"),
        ("[]", ""),
    ],
)
def test_a_refusal_names_the_path_in_the_document(text, path):
    assert path == refusal(text).path


def test_line_and_column_count_from_the_last_line_end():
    assert refusal('{\r\n "a":\n  5}').message.endswith("; line: 3, column: 4]")


def test_columns_count_utf_16_units():
    assert refusal('{"🎉":5}').message.endswith("; line: 1, column: 8]")


def test_a_long_document_is_shown_in_part():
    assert "[truncated 107 chars]" in refusal('{"a":["' + "x" * 600).message


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            '{"a":[-]}',
            "Unexpected character (']' (code 93)) in numeric value: expected digit (0-9) to follow minus sign, for valid numeric value",
        ),
        (
            '{"a":[1.]}',
            "Unexpected character (']' (code 93)) in numeric value: Decimal point not followed by a digit",
        ),
        (
            '{"a":[1e]}',
            "Unexpected character (']' (code 93)) in numeric value: Exponent indicator not followed by a digit",
        ),
        ('{"a":[1.', "Unexpected end-of-input in numeric value: Decimal point not followed by a digit"),
        ('{"a":["\\', "Unexpected end-of-input in character escape sequence"),
        ('{"a":["\\u12', "Unexpected end-of-input in character escape sequence"),
        ('{"a":[truex]}', "Unrecognized token 'truex'"),
        ('{"a":}', "Unexpected character ('}' (code 125)): expected a value"),
        ("}", "Unexpected character ('}' (code 125)): expected a valid value"),
        ('{"a":[\x01]}', "Unexpected character ((CTRL-CHAR, code 1)): expected a valid value"),
        (
            '{"a' + "\x01" + '":[1]}',
            "Illegal unquoted character ((CTRL-CHAR, code 1)): has to be escaped using backslash to be included in name",
        ),
        ('{"a":[' + "x" * 300 + "]}", "Unrecognized token '" + "x" * 256 + "...'"),
        ('{"a":[{"numeric":[">",1,2]}]}', "Bad value in numeric range: 2"),
        ('{"a":[{"cidr":"1.1.1.1/-1"}]}', "Malformed CIDR, mask bits must not be negative"),
        ('{"a":[{"prefix":{}}]}', "Prefix expression name not found"),
        ('{"a":[]}', "Empty arrays are not allowed"),
    ],
)
def test_a_malformed_pattern_is_refused(text, reason):
    assert refusal(text).message.startswith(reason)


def test_a_pattern_may_come_as_bytes():
    assert parse('{"a":["ü"]}') == parse('{"a":["ü"]}'.encode())


def test_nesting_has_a_limit():
    objects = NESTING_MAX - 1  # the list of values is one level more
    assert parse('{"a":' * objects + "[1]" + "}" * objects)
    message = refusal('{"a":' * (objects + 1) + "[1]").message
    assert message.startswith("Document nesting depth (251) exceeds the maximum allowed (250)")


def test_the_alternatives_of_several_ors_multiply():
    document = {"$or": [{"a": [1]}, {"b": [1]}], "c": {"$or": [{"d": [1]}, {"e": [1]}, {"f": [1]}]}}
    paths = {tuple(field.path for field in branch) for branch in parse(json.dumps(document)).branches}
    assert {(first, second) for first in "ab" for second in ("c.d", "c.e", "c.f")} == paths


def test_too_many_combinations_are_too_complex():
    inner = '"$or":[' + ",".join('{"a":[1]}' for _ in range(11)) + "]"
    text = '{"x":{' + inner + '},"y":{' + inner + '},"z":{' + inner + "}}"
    assert TOO_COMPLEX == refusal(text).message


@pytest.mark.parametrize(
    ("expressions", "is_accepted"),
    [
        (["/Users/*/dir/dir/dir/dir/dir/doc.txt"], True),
        (["*.bif", "*.tif", "*.tiff", "*.svs"], True),
        ([f"*:stack/{name}/*" for name in ("one", "two", "three")], True),
        ([f"*:stack/{name}/*" for name in ("one", "two", "three", "four")], False),
        ([f"*/datasync/*.{name}" for name in ("bif", "tif", "tiff", "svs")], False),
    ],
)
def test_wildcards_may_be_too_complex_together(expressions, is_accepted):
    text = json.dumps({"key": [{"wildcard": expression} for expression in expressions]})
    if is_accepted:
        assert parse(text)
    else:
        assert TOO_COMPLEX == refusal(text).message
    assert parse(text, complexity_max=100)


def test_complexity_is_the_number_of_beginnings_matched_at_once():
    assert [0, 2, 3] == [complexity([segments_of(text)]) for text in ("a", "a*b", "*aa")]
    assert complexity([segments_of("*" + "a" * 50)]) > COMPLEXITY_MAX
