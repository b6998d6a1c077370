import json

import pytest

from emulator.core.errors import AwsError, SerializationException
from emulator.protocol.codecs import CODECS
from emulator.protocol.models import load_service
from emulator.protocol.rest import header_items, header_reader, header_writer
from tests.emulator.protocol.oracle import Headers, botocore_model, from_botocore, parsed, request

JSON = CODECS["rest-json"]
XML = CODECS["rest-xml"]
LAMBDA = load_service("lambda")
SCHEDULER = load_service("scheduler")
S3 = load_service("s3")


class TooManyRequestsException(AwsError):
    pass


class ServiceQuotaExceededException(AwsError):
    pass


class NoSuchKey(AwsError):
    pass


def test_path_query_header_and_payload():
    wire = request(
        "POST",
        "/2015-03-31/functions/my%20f/invocations",
        "Qualifier=1",
        Headers({"X-Amz-Invocation-Type": "Event"}),
        b"\x00raw",
    )
    expected = {"FunctionName": "my f", "InvocationType": "Event", "Qualifier": "1", "Payload": b"\x00raw"}
    assert expected == JSON.parse_request(LAMBDA.operation("Invoke"), wire)


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b'{"Name": 1}', b'{"StartDate": "x"}'])
def test_a_body_that_cannot_be_read(body):
    with pytest.raises(SerializationException):
        JSON.parse_request(
            LAMBDA.operation("CreateFunction"),
            request(body=body.replace(b"Name", b"FunctionName").replace(b"StartDate", b"Timeout")),
        )


@pytest.mark.parametrize("query", ["MaxItems=many", "MaxItems=%FF"])
def test_a_query_string_that_cannot_be_read(query):
    with pytest.raises(SerializationException):
        JSON.parse_request(LAMBDA.operation("ListFunctions"), request("GET", "/2015-03-31/functions/", query))


def test_status_code_header_and_payload_of_an_answer():
    result = {"StatusCode": 202, "FunctionError": "Unhandled", "Payload": b"{}"}
    answer = JSON.render_result(LAMBDA.operation("Invoke"), result, "the-id", None)
    assert (202, "Unhandled", b"{}") == (answer.status, answer.headers["X-Amz-Function-Error"], answer.body)


def test_the_operations_own_status():
    assert 201 == JSON.render_result(LAMBDA.operation("CreateFunction"), {}, "the-id", None).status


def test_an_empty_answer():
    answer = JSON.render_result(SCHEDULER.operation("DeleteSchedule"), {}, "the-id", None)
    assert (200, b"{}", "application/json") == (answer.status, answer.body, answer.headers["Content-Type"])


def test_an_error_of_scheduler():
    answer = JSON.render_error(SCHEDULER, ServiceQuotaExceededException("too many"), "the-id", None)
    assert (402, "ServiceQuotaExceededException") == (answer.status, answer.headers["x-amzn-ErrorType"])
    assert {"Message": "too many"} == json.loads(answer.body)


def test_an_error_of_lambda_with_a_header():
    error = TooManyRequestsException("slow down", retryAfterSeconds="3", Reason="CallerRateLimitExceeded")
    answer = JSON.render_error(LAMBDA, error, "the-id", None)
    assert (429, "3") == (answer.status, answer.headers["Retry-After"])
    assert {"message": "slow down", "Type": "User", "Reason": "CallerRateLimitExceeded"} == json.loads(
        answer.body
    )


@pytest.mark.parametrize(
    ("text", "items"),
    [("a, b", ["a", "b"]), ('"a,b",c', ["a,b", "c"]), (r'"a\"b"', ['a"b']), ("", [""])],
)
def test_lists_in_headers(text, items):
    assert items == header_items(text)


def test_json_in_headers():
    shape = SCHEDULER.member("X", {"shape": "Name", "jsonvalue": True}).shape
    assert "eyJhIjpbMV19" == header_writer(shape)({"a": [1]})
    assert {"a": [1]} == header_reader(shape)("eyJhIjpbMV19")
    with pytest.raises(SerializationException):
        header_reader(shape)("not base64")


def test_xml_body_of_a_request():
    body = b'<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Object><Key>a</Key></Object><Object><Key>b &amp; c</Key></Object><Quiet>true</Quiet></Delete>'
    wire = request("POST", "/bucket", "delete", body=body)
    expected = {"Bucket": "bucket", "Delete": {"Objects": [{"Key": "a"}, {"Key": "b & c"}], "Quiet": True}}
    assert expected == XML.parse_request(S3.operation("DeleteObjects"), wire)


def test_xml_attributes_and_header_maps():
    body = (
        b'<AccessControlPolicy><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        b'xsi:type="CanonicalUser"><ID>i</ID></Grantee></Grant></AccessControlList></AccessControlPolicy>'
    )
    params = XML.parse_request(S3.operation("PutBucketAcl"), request("PUT", "/b", "acl", body=body))
    assert [{"Grantee": {"Type": "CanonicalUser", "ID": "i"}}] == params["AccessControlPolicy"]["Grants"]
    wire = request("PUT", "/b/k", headers={"x-amz-meta-colour": "red"}, body=b"content")
    expected = {"Bucket": "b", "Key": "k", "Metadata": {"colour": "red"}, "Body": b"content"}
    assert expected == XML.parse_request(S3.operation("PutObject"), wire)


@pytest.mark.parametrize(
    "body", [b"<a>", b"text", b"\xff", b"<a></b>", b"<a>" * 1000, b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>']
)
def test_a_body_that_is_no_xml(body):
    with pytest.raises(SerializationException):
        XML.parse_request(S3.operation("DeleteObjects"), request("POST", "/bucket", "delete", body=body))


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("ListBuckets", {"Buckets": [{"Name": "b", "CreationDate": 1_700_000_000.0}], "Owner": {"ID": "o"}}),
        (
            "ListObjectsV2",
            {
                "Name": "b",
                "KeyCount": 1,
                "IsTruncated": False,
                "Contents": [{"Key": "<k>", "Size": 3}],
                "CommonPrefixes": [{"Prefix": "p/"}],
            },
        ),
        ("GetBucketAcl", {"Grants": [{"Grantee": {"Type": "Group", "URI": "u"}, "Permission": "READ"}]}),
        (
            "GetBucketNotificationConfiguration",
            {
                "EventBridgeConfiguration": {},
                "QueueConfigurations": [{"QueueArn": "a", "Events": ["s3:*", "x"]}],
            },
        ),
        ("PutObject", {"ETag": '"e"', "VersionId": "v"}),
        (
            "HeadObject",
            {
                "ContentLength": 3,
                "LastModified": 1_700_000_000.0,
                "Metadata": {"a": "b"},
                "ContentType": "text/plain",
            },
        ),
    ],
)
def test_botocore_reads_s3s_answers(name, result):
    operation = botocore_model("s3", "rest-xml").operation_model(name)
    answer = XML.render_result(S3.operation(name), result, "the-id", None)
    known = {key: value for key, value in parsed(operation, "rest-xml", answer).items() if key in result}
    assert result == from_botocore(operation.output_shape, known)


def test_errors_in_xml():
    answer = XML.render_error(S3, NoSuchKey("The specified key does not exist."), "the-id", None)
    code = parsed(botocore_model("s3", "rest-xml").operation_model("GetObject"), "rest-xml", answer)["Error"][
        "Code"
    ]
    assert (404, "NoSuchKey") == (answer.status, code)
    other = XML.render_error(None, NoSuchKey("x"), "the-id", None)
    assert b"<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchKey</Code>" in other.body
