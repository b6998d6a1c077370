import xml.etree.ElementTree as ET

import pytest

from emulator.core.errors import AwsError, SerializationException, UnknownOperationException
from emulator.protocol.codecs import CODECS
from emulator.protocol.models import load_service
from tests.emulator.protocol.oracle import form_request, request

QUERY = CODECS["query"]
SQS = load_service("sqs")
SNS = load_service("sns")


class QueueDoesNotExist(AwsError):
    pass


class OverLimit(AwsError):
    pass


class NotFoundException(AwsError):
    pass


def parse(service, name, body, path="/"):
    return QUERY.parse_request(service.operation(name), form_request(body.encode(), path))


# written from the examples of the SQS API reference, 2012-11-05
LEGACY_REQUESTS = [
    (
        "CreateQueue",
        "Action=CreateQueue&QueueName=q&Attribute.1.Name=VisibilityTimeout&Attribute.1.Value=40&Tag.1.Key=k&Tag.1.Value=v",
        {"QueueName": "q", "Attributes": {"VisibilityTimeout": "40"}, "tags": {"k": "v"}},
    ),
    (
        "SendMessage",
        (
            "QueueUrl=u&MessageBody=a+b&DelaySeconds=45&MessageAttribute.1.Name=n&MessageAttribute.1.Value.StringValue=x"
            "&MessageAttribute.1.Value.DataType=String"
        ),
        {
            "QueueUrl": "u",
            "MessageBody": "a b",
            "DelaySeconds": 45,
            "MessageAttributes": {"n": {"StringValue": "x", "DataType": "String"}},
        },
    ),
    (
        "SendMessageBatch",
        (
            "QueueUrl=u&SendMessageBatchRequestEntry.2.Id=b&SendMessageBatchRequestEntry.2.MessageBody=2"
            "&SendMessageBatchRequestEntry.1.Id=a&SendMessageBatchRequestEntry.1.MessageBody=1"
            "&SendMessageBatchRequestEntry.1.MessageAttribute.1.Name=n"
            "&SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.BinaryValue=Zm9v"
        ),
        {
            "QueueUrl": "u",
            "Entries": [
                {"Id": "a", "MessageBody": "1", "MessageAttributes": {"n": {"BinaryValue": b"foo"}}},
                {"Id": "b", "MessageBody": "2"},
            ],
        },
    ),
    (
        "ReceiveMessage",
        "AttributeName.1=All&MessageAttributeName.1=x",
        {"AttributeNames": ["All"], "MessageAttributeNames": ["x"]},
    ),
    ("GetQueueAttributes", "AttributeName.10=B&AttributeName.2=A", {"AttributeNames": ["A", "B"]}),
    ("GetQueueAttributes", "AttributeName=All", {"AttributeNames": ["All"]}),
    ("GetQueueAttributes", "AttributeNames=", {"AttributeNames": []}),
    ("SetQueueAttributes", "Attribute.Name=Policy&Attribute.Value=p", {"Attributes": {"Policy": "p"}}),
    ("UntagQueue", "TagKey.1=a", {"TagKeys": ["a"]}),
    (
        "AddPermission",
        "AWSAccountId.1=1&ActionName.1=SendMessage",
        {"AWSAccountIds": ["1"], "Actions": ["SendMessage"]},
    ),
    ("DeleteMessageBatch", "DeleteMessageBatchRequestEntry.1.Id=a", {"Entries": [{"Id": "a"}]}),
]


@pytest.mark.parametrize(("name", "body", "params"), LEGACY_REQUESTS)
def test_sqs_reads_its_old_names(name, body, params):
    assert params == parse(SQS, name, body)


def test_the_queue_is_the_path():
    params = parse(SQS, "SendMessage", "MessageBody=x", "/000000000000/q")
    assert {"MessageBody": "x", "QueueUrl": "http://localhost:4566/000000000000/q"} == params


def test_a_named_queue_goes_before_the_path():
    assert {"QueueUrl": "u"} == parse(SQS, "ReceiveMessage", "QueueUrl=u", "/000000000000/q")


def test_a_get_request():
    wire = request("GET", query="Action=Publish&Message=a%20b&TopicArn=t")
    assert {"Message": "a b", "TopicArn": "t"} == QUERY.parse_request(SNS.operation("Publish"), wire)


def test_sns_reads_nested_names():
    body = "MessageAttributes.entry.1.Name=n&MessageAttributes.entry.1.Value.StringValue=x&TopicArn=t"
    assert {"MessageAttributes": {"n": {"StringValue": "x"}}, "TopicArn": "t"} == parse(SNS, "Publish", body)


@pytest.mark.parametrize(
    "body",
    [
        "MaxNumberOfMessages=many",
        "MaxNumberOfMessages=",
        "MaxNumberOfMessages.1=1",
        "MaxNumberOfMessages=%FF",
        "QueueUrl=%ED%A0%80",
    ],
)
def test_a_form_that_cannot_be_read(body):
    with pytest.raises(SerializationException) as refusal:
        parse(SQS, "ReceiveMessage", body)
    assert "MalformedInput" == refusal.value.code


def test_a_body_that_is_not_utf_8():
    with pytest.raises(SerializationException):
        QUERY.parse_request(SQS.operation("SendMessage"), form_request(b"MessageBody=\xff"))


@pytest.mark.parametrize(
    "body",
    [
        "a..b=1&.=2&=3&QueueUrl=u",
        "AttributeName.x=1&QueueUrl=u",
        "." * 50_000 + "=1&QueueUrl=u",
        "a." * 50_000 + "a=1&QueueUrl=u",
    ],
)
def test_names_that_mean_nothing(body):
    params = parse(SQS, "ReceiveMessage", body)
    assert "u" == params["QueueUrl"]


def tags(text):
    return [element.tag.partition("}")[2] for element in ET.fromstring(text).iter()]


def test_an_answer_of_sqs():
    response = QUERY.render_result(
        SQS.operation("SendMessage"), {"MessageId": "m", "MD5OfMessageBody": "5"}, "the-id", None
    )
    assert b'<?xml version="1.0"?>\n' == response.body[:22]
    assert (
        '<SendMessageResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><SendMessageResult>'
        "<MessageId>m</MessageId><MD5OfMessageBody>5</MD5OfMessageBody></SendMessageResult>"
        "<ResponseMetadata><RequestId>the-id</RequestId></ResponseMetadata></SendMessageResponse>"
    ) == response.body[22:].decode()
    assert {"Content-Type": "text/xml", "x-amzn-RequestId": "the-id"} == response.headers


@pytest.mark.parametrize(
    ("name", "result", "expected"),
    [
        ("ListQueues", {"QueueUrls": ["a", "b"]}, "<QueueUrl>a</QueueUrl><QueueUrl>b</QueueUrl>"),
        (
            "GetQueueAttributes",
            {"Attributes": {"DelaySeconds": "0"}},
            "<Attribute><Name>DelaySeconds</Name><Value>0</Value></Attribute>",
        ),
        ("ListQueueTags", {"Tags": {"k": "<&>"}}, "<Tag><Key>k</Key><Value>&lt;&amp;&gt;</Value></Tag>"),
        (
            "ReceiveMessage",
            {
                "Messages": [
                    {
                        "Body": "a\r\n",
                        "Attributes": {"SenderId": "s"},
                        "MessageAttributes": {"n": {"BinaryValue": b"foo"}},
                    }
                ]
            },
            (
                "<Message><Body>a&#xD;\n</Body><Attribute><Name>SenderId</Name><Value>s</Value></Attribute>"
                "<MessageAttribute><Name>n</Name><Value><BinaryValue>Zm9v</BinaryValue></Value></MessageAttribute></Message>"
            ),
        ),
        (
            "SendMessageBatch",
            {"Successful": [{"Id": "a"}], "Failed": [{"Id": "b", "SenderFault": True}]},
            (
                "<SendMessageBatchResultEntry><Id>a</Id></SendMessageBatchResultEntry>"
                "<BatchResultErrorEntry><Id>b</Id><SenderFault>true</SenderFault></BatchResultErrorEntry>"
            ),
        ),
    ],
)
def test_sqs_answers_with_its_old_names(name, result, expected):
    body = QUERY.render_result(SQS.operation(name), result, "the-id", None).body.decode()
    assert f"<{name}Result>{expected}</{name}Result>" in body


def test_an_answer_without_output():
    body = QUERY.render_result(SQS.operation("DeleteMessage"), {}, "the-id", None).body
    assert ["DeleteMessageResponse", "ResponseMetadata", "RequestId"] == tags(body)


def test_an_error_of_sqs():
    response = QUERY.render_error(SQS, QueueDoesNotExist("No <queue>"), "the-id", None)
    assert 400 == response.status
    assert (
        '<?xml version="1.0"?>\n<ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><Error>'
        "<Type>Sender</Type><Code>AWS.SimpleQueueService.NonExistentQueue</Code><Message>No &lt;queue&gt;</Message>"
        "<Detail/></Error><RequestId>the-id</RequestId></ErrorResponse>"
    ) == response.body.decode()


@pytest.mark.parametrize(
    ("service", "error", "status", "code"),
    [
        (SQS, OverLimit("x"), 403, "OverLimit"),
        (SNS, NotFoundException("x"), 404, "NotFound"),
        (SNS, UnknownOperationException("x"), 501, "InvalidAction"),
        (None, UnknownOperationException("x"), 501, "InvalidAction"),
    ],
)
def test_code_and_status_are_the_models(service, error, status, code):
    response = QUERY.render_error(service, error, "the-id", None)
    assert (status, True) == (response.status, f"<Code>{code}</Code>".encode() in response.body)
