import subprocess
import sys

import pytest

from emulator.protocol.models import load_service, merge, read_document


def test_botocore_itself_is_not_imported():
    program = (
        "import sys, emulator.protocol.codecs, emulator.protocol.detect, emulator.protocol.validate\n"
        "from emulator.protocol.models import load_service\n"
        "load_service('events'), load_service('sqs')\n"
        "print([name for name in sys.modules if name.partition('.')[0] in ('botocore', 'boto3', 'aiohttp', 'asyncio')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "[]" == done.stdout.strip()


def test_a_service_has_its_newest_model():
    assert "2015-10-07" == load_service("events").metadata["apiVersion"]


def test_an_unknown_service():
    with pytest.raises(LookupError, match="nothing-of-the-kind"):
        load_service("nothing-of-the-kind")


def test_an_unknown_operation():
    with pytest.raises(KeyError):
        load_service("events").operation("Nothing")


def test_shapes_are_the_same_object_each_time():
    service = load_service("events")
    entries = service.operation("PutEvents").input.members["Entries"].shape
    assert service.shape("PutEventsRequestEntryList") is entries


def test_a_reference_with_its_own_timestamp_format_is_another_shape():
    service = load_service("events")
    plain = service.member("At", {"shape": "Timestamp"})
    other = service.member("At", {"shape": "Timestamp", "timestampFormat": "iso8601"})
    assert (True, "iso8601") == (plain.shape is not other.shape, other.shape.traits["timestampFormat"])


def test_sdk_extras_are_merged():
    # without the file next to s3's model the shape is a string
    assert "timestamp" == load_service("s3").shape("Expires").type


def test_merge_goes_into_objects_and_replaces_the_rest():
    document = {"a": {"b": 1, "c": [1]}}
    merge(document, {"a": {"c": [2], "d": {"e": 3}}})
    assert {"a": {"b": 1, "c": [2], "d": {"e": 3}}} == document


def test_a_document_may_be_there_without_compression(tmp_path):
    (tmp_path / "service-2.json").write_text('{"metadata": {}}')
    assert {"metadata": {}} == read_document(tmp_path / "service-2.json")


def test_documentation_is_forgotten():
    service = load_service("sqs")
    assert [] == [name for name, traits in service.shape_traits.items() if "documentation" in traits]
    assert [] == [name for name, traits in service.operation_traits.items() if "documentation" in traits]
