import http.client
import json

import pytest
from botocore.exceptions import ClientError

JSON_11 = "application/x-amz-json-1.1"


def request(emulator, body, *, method="POST", path="/", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", emulator.emulator.port, timeout=10)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, names)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response.status, response.headers, content


@pytest.fixture
def emulator(start_emulator):
    return start_emulator(frozen_at=1_800_000_000.0)


def test_an_operation_that_is_not_implemented_is_answered_501(sqs):
    with pytest.raises(ClientError) as caught:
        sqs.list_message_move_tasks(SourceArn="arn:aws:sqs:us-east-1:000000000000:q")
    assert 501 == caught.value.response["ResponseMetadata"]["HTTPStatusCode"]
    expected = "Busyard does not implement sqs.ListMessageMoveTasks"
    assert expected == caught.value.response["Error"]["Message"]


def test_a_service_that_is_not_implemented_is_answered_501(emulator):
    with pytest.raises(ClientError) as caught:
        emulator.client("dynamodb").list_tables()
    assert 501 == caught.value.response["ResponseMetadata"]["HTTPStatusCode"]
    with pytest.raises(ClientError) as caught:
        emulator.client("sns").list_topics()
    assert 501 == caught.value.response["ResponseMetadata"]["HTTPStatusCode"]
    with pytest.raises(ClientError) as caught:
        emulator.client("lambda").list_functions()
    assert 501 == caught.value.response["ResponseMetadata"]["HTTPStatusCode"]


def test_a_request_that_is_nothing_known_is_answered_501(emulator):
    status, headers, body = request(emulator, b"", method="GET")
    assert 501 == status
    assert headers["x-amzn-RequestId"]
    assert "Busyard does not implement" in json.loads(body)["message"]


@pytest.mark.parametrize("body", [b"{", b"[]", b'"text"', b"\xff\xfe", b"{" * 100_000, b'{"Entries": "x"}'])
def test_a_malformed_body_is_a_serialization_error(emulator, body):
    status, headers, content = request(
        emulator, body, X_Amz_Target="AWSEvents.PutEvents", Content_Type=JSON_11
    )
    assert 400 == status
    assert "SerializationException" == json.loads(content)["__type"].rpartition("#")[2]
    assert headers["x-amzn-RequestId"]


def test_a_body_over_the_limit_is_refused(start_emulator):
    emulator = start_emulator(body_bytes_max=1024)
    status, _, content = request(
        emulator, b"x" * 2000, X_Amz_Target="AWSEvents.PutEvents", Content_Type=JSON_11
    )
    assert 413 == status
    assert "at most 1024 bytes" in content.decode()


def test_any_host_and_no_credentials_are_accepted(emulator):
    headers = {
        "X_Amz_Target": "AmazonSQS.CreateQueue",
        "Host": "sqs.eu-west-1.localhost.localstack.cloud:4566",
    }
    status, _, content = request(emulator, b'{"QueueName": "q"}', **headers)
    assert 200 == status
    url = "http://sqs.eu-west-1.localhost.localstack.cloud:4566/000000000000/q"
    assert {"QueueUrl": url} == json.loads(content)


def test_browsers_are_answered_from_any_origin(emulator):
    status, headers, _ = request(
        emulator, b"", method="OPTIONS", Origin="http://app", Access_Control_Request_Headers="x-amz-target"
    )
    assert 204 == status
    assert ("http://app", "x-amz-target") == (
        headers["Access-Control-Allow-Origin"],
        headers["Access-Control-Allow-Headers"],
    )
    _, headers, _ = request(emulator, b"{}", X_Amz_Target="AWSEvents.ListRules", Origin="http://app")
    assert "http://app" == headers["Access-Control-Allow-Origin"]
    _, headers, _ = request(emulator, b"{}", X_Amz_Target="AWSEvents.ListRules")
    assert "Access-Control-Allow-Origin" not in headers


def test_browsers_can_be_left_out(start_emulator):
    emulator = start_emulator(cors=False)
    _, headers, _ = request(emulator, b"{}", X_Amz_Target="AWSEvents.ListRules", Origin="http://app")
    assert "Access-Control-Allow-Origin" not in headers


def test_a_fault_of_the_emulator_is_an_internal_failure_and_not_a_traceback(emulator, monkeypatch, caplog):
    functions = emulator.emulator.calls._entries
    monkeypatch.setattr(functions["events", "ListRules"], "function", lambda _env, _params: 1 / 0)
    status, _, content = request(emulator, b"{}", X_Amz_Target="AWSEvents.ListRules")
    assert 500 == status
    assert "InternalFailure" == json.loads(content)["__type"]
    assert b"Traceback" not in content
    assert "ZeroDivisionError" in caplog.text
