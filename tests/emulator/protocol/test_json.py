import json
import math

import orjson
import pytest

from emulator.core.errors import AwsError, InternalFailure, SerializationException, ValidationException
from emulator.protocol.codecs import CODECS, JSON
from emulator.protocol.models import load_service
from tests.emulator.protocol.oracle import botocore_model, json_request, parsed

EVENTS = load_service("events")
SQS = load_service("sqs")


class ResourceNotFoundException(AwsError):
    pass


class QueueDoesNotExist(AwsError):
    pass


def parse(service, name, body):
    return CODECS["json"].parse_request(load_service(service).operation(name), json_request("", body))


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"Entries": [}',
        b"\xff\xfe",
        b'{"Entries": "\xff"}',
        b'{"Entries": "\\ud800"}',
        b"nonsense",
        b"[]",
        b'"text"',
        b"1",
        b"null",
        b"[" * 100_000,
        b'{"Entries": NaN}',
    ],
)
def test_a_body_that_is_no_json_object(body):
    with pytest.raises(SerializationException):
        parse("events", "PutEvents", body)


def test_nesting_that_follows_a_recursive_shape():
    body = b'{"Item": {"a": ' + b'{"L": [' * 600 + b'{"S": "x"}' + b"]}" * 600 + b"}}"
    with pytest.raises(SerializationException):
        parse("dynamodb", "PutItem", body)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"Name": 1}, "NUMBER_VALUE can not be converted to a String"),
        ({"Name": True}, "TRUE_VALUE can not be converted to a String"),
        ({"Name": False}, "FALSE_VALUE can not be converted to a String"),
        ({"Name": {}}, "Start of structure or map found where not expected."),
        ({"Name": []}, "Start of list found where not expected"),
        ({"Tags": "x"}, "Unexpected field type"),
        ({"Tags": {}}, "Start of structure or map found where not expected."),
        ({"Tags": [1]}, "Unexpected field type"),
        ({"Tags": [None]}, "Unexpected null in a list"),
    ],
)
def test_a_value_of_the_wrong_type(body, message):
    with pytest.raises(SerializationException) as refusal:
        parse("events", "PutRule", orjson.dumps(body))
    assert message == refusal.value.message


@pytest.mark.parametrize("value", ["1", True, 1.5, [1]])
def test_what_is_no_integer(value):
    with pytest.raises(SerializationException):
        parse("events", "ListRules", orjson.dumps({"Limit": value}))


def test_an_integer_with_a_zero_fraction():
    assert {"Limit": 5} == parse("events", "ListRules", b'{"Limit": 5.0}')


def test_an_empty_body_is_an_empty_object():
    assert {} == parse("events", "ListRules", b"")


def test_unknown_members_are_dropped_and_null_means_absent():
    assert {"Limit": 1} == parse("events", "ListRules", b'{"Limit": 1, "Nothing": [1], "NamePrefix": null}')


def test_null_in_a_map_means_absent():
    body = b'{"QueueUrl": "u", "Attributes": {"DelaySeconds": null, "VisibilityTimeout": "1"}}'
    assert {"QueueUrl": "u", "Attributes": {"VisibilityTimeout": "1"}} == parse(
        "sqs", "SetQueueAttributes", body
    )


@pytest.mark.parametrize(
    "time",
    [1_700_000_000, 1_700_000_000.0, "1700000000", "2023-11-14T22:13:20Z", "Tue, 14 Nov 2023 22:13:20 GMT"],
)
def test_every_timestamp_format_is_read(time):
    params = parse("events", "PutEvents", orjson.dumps({"Entries": [{"Time": time}]}))
    assert {"Entries": [{"Time": 1_700_000_000.0}]} == params


@pytest.mark.parametrize("time", ["yesterday", True, [], 1e300, "2023-13-01T00:00:00Z", ""])
def test_what_is_no_timestamp(time):
    with pytest.raises(SerializationException):
        parse("events", "PutEvents", orjson.dumps({"Entries": [{"Time": time}]}))


@pytest.mark.parametrize("text", ["!", "a", "Zm9v\n", 1])
def test_what_is_no_base64(text):
    body = orjson.dumps({"MessageAttributes": {"a": {"DataType": "Binary", "BinaryValue": text}}})
    with pytest.raises(SerializationException):
        parse("sqs", "SendMessage", body)


def test_special_numbers_have_names():
    body = b'{"MetricData": [{"Value": "NaN"}, {"Value": "-Infinity"}, {"Value": 1}]}'
    values = [datum["Value"] for datum in parse("cloudwatch", "PutMetricData", body)["MetricData"]]
    assert (True, -math.inf, 1.0) == (math.isnan(values[0]), values[1], values[2])
    with pytest.raises(SerializationException):
        parse("cloudwatch", "PutMetricData", b'{"MetricData": [{"Value": "much"}]}')


def test_a_result_is_filtered_by_the_model():
    operation = EVENTS.operation("PutEvents")
    result = {"FailedEntryCount": 0, "Nothing": 1, "Entries": [{"EventId": "a", "ErrorCode": None}]}
    response = CODECS["json"].render_result(operation, result, "the-id", None)
    assert {"FailedEntryCount": 0, "Entries": [{"EventId": "a"}]} == json.loads(response.body)
    assert (200, {"Content-Type": "application/x-amz-json-1.1", "x-amzn-RequestId": "the-id"}) == (
        response.status,
        response.headers,
    )


def test_timestamps_go_out_to_the_millisecond():
    operation = EVENTS.operation("DescribeEventBus")
    result = {"CreationTime": 1_700_000_000.1239, "LastModifiedTime": 1_700_000_000.0}
    response = CODECS["json"].render_result(operation, result, "the-id", None)
    assert b'{"CreationTime":1700000000.124,"LastModifiedTime":1700000000}' == response.body


def test_an_operation_without_output_answers_without_body():
    response = CODECS["json"].render_result(SQS.operation("DeleteMessage"), {}, "the-id", None)
    assert (b"", "application/x-amz-json-1.0") == (response.body, response.headers["Content-Type"])


def test_an_empty_output_is_an_empty_object():
    assert b"{}" == CODECS["json"].render_result(EVENTS.operation("TagResource"), {}, "the-id", None).body


def test_an_error_of_events():
    error = ResourceNotFoundException("Rule r does not exist on EventBus default.")
    response = CODECS["json"].render_error(EVENTS.operation("DescribeRule"), error, "the-id", None)
    assert 400 == response.status
    assert {"__type": "ResourceNotFoundException", "message": error.message} == json.loads(response.body)
    assert {"Content-Type": "application/x-amz-json-1.1", "x-amzn-RequestId": "the-id"} == response.headers


def test_an_error_of_sqs_has_two_codes():
    error = QueueDoesNotExist("The specified queue does not exist.")
    response = CODECS["json"].render_error(SQS, error, "the-id", None)
    assert {"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": error.message} == json.loads(
        response.body
    )
    assert "AWS.SimpleQueueService.NonExistentQueue;Sender" == response.headers["x-amzn-query-error"]
    answer = parsed(botocore_model("sqs", "json").operation_model("SendMessage"), "json", response)
    assert "AWS.SimpleQueueService.NonExistentQueue" == answer["Error"]["Code"]


def test_an_error_with_members():
    error = ValidationException("Invalid", reason="API_DOES_NOT_SUPPORT_LABELED_ARNS", nothing=1)
    response = CODECS["json"].render_error(load_service("stepfunctions"), error, "the-id", None)
    expected = {
        "__type": "ValidationException",
        "message": "Invalid",
        "reason": "API_DOES_NOT_SUPPORT_LABELED_ARNS",
    }
    assert expected == json.loads(response.body)


def test_the_models_status_goes_before_the_errors():
    class InternalServiceFault(AwsError):
        status = 599

    response = CODECS["json"].render_error(
        load_service("cloudwatch"), InternalServiceFault("x"), "the-id", None
    )
    assert (500, "InternalServiceError;Receiver") == (response.status, response.headers["x-amzn-query-error"])


def test_an_error_of_nobody():
    response = CODECS["json"].render_error(None, InternalFailure("x"), "the-id", None)
    assert (500, {"__type": "InternalFailure", "message": "x"}) == (
        response.status,
        json.loads(response.body),
    )


def test_documents_without_http():
    operation = SQS.operation("SendMessage")
    document = {
        "QueueUrl": "u",
        "MessageBody": "b",
        "MessageAttributes": {"a": {"DataType": "Binary", "BinaryValue": "Zm9v"}},
    }
    params = JSON.params_from_document(operation, document)
    assert b"foo" == params["MessageAttributes"]["a"]["BinaryValue"]
    receive = SQS.operation("ReceiveMessage")
    result = {"Messages": [{"Body": "b", "MessageAttributes": params["MessageAttributes"]}]}
    expected = {"Messages": [{"Body": "b", "MessageAttributes": document["MessageAttributes"]}]}
    assert expected == JSON.document_from_result(receive, result)
    assert {} == JSON.document_from_result(SQS.operation("DeleteQueue"), {})
