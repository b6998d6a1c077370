import pytest

from emulator.core.errors import SerializationException, UnknownOperationException
from emulator.protocol.credentials import CredentialScope, credential_scope
from emulator.protocol.detect import Router
from emulator.protocol.models import load_service
from tests.emulator.protocol.oracle import Headers, form_request, request, signed_for

SERVICES = (
    "events",
    "sqs",
    "stepfunctions",
    "sns",
    "sts",
    "iam",
    "scheduler",
    "pipes",
    "lambda",
    "s3",
    "eventbridgev2",
    "cloudwatch",
)
ROUTER = Router(SERVICES)
CBOR = {"Smithy-Protocol": "rpc-v2-cbor"}


def target(value):
    return request(headers={"X-Amz-Target": value}, body=b"{}")


def form(text, service=None, path="/"):
    return form_request(text.encode(), path, signed_for(service) if service else {})


RECOGNISED = [
    (target("AWSEvents.PutEvents"), "events.PutEvents", "json"),
    (target("AmazonSQS.SendMessage"), "sqs.SendMessage", "json"),
    (target("AWSStepFunctions.StartExecution"), "stepfunctions.StartExecution", "json"),
    (target("GraniteServiceVersion20100801.PutMetricData"), "cloudwatch.PutMetricData", "json"),
    (form("Action=SendMessage&Version=2012-11-05&QueueUrl=u", "sqs"), "sqs.SendMessage", "query"),
    (form("Action=SendMessage&Version=2012-11-05", path="/000000000000/q"), "sqs.SendMessage", "query"),
    (form("Action=Publish&Version=2010-03-31"), "sns.Publish", "query"),
    (form("Action=Publish"), "sns.Publish", "query"),
    (form("Action=AddPermission&Version=2010-03-31"), "sns.AddPermission", "query"),
    (form("Action=AddPermission&Version=2012-11-05"), "sqs.AddPermission", "query"),
    (form("Action=AddPermission", "sns"), "sns.AddPermission", "query"),
    (form("Action=PutMetricData&Version=2010-08-01", "monitoring"), "cloudwatch.PutMetricData", "query"),
    (request("GET", query="Action=GetCallerIdentity&Version=2011-06-15"), "sts.GetCallerIdentity", "query"),
    (
        request(path="/service/AWSEventsV2/operation/ListEventBuses", headers=CBOR),
        "eventbridgev2.ListEventBuses",
        "smithy-rpc-v2-cbor",
    ),
    (
        request(path="/any/service/GraniteServiceVersion20100801/operation/ListMetrics", headers=CBOR),
        "cloudwatch.ListMetrics",
        "smithy-rpc-v2-cbor",
    ),
    (request("GET", "/schedules/a", headers=signed_for("scheduler")), "scheduler.GetSchedule", "rest-json"),
    (request("GET", "/schedules/a"), "scheduler.GetSchedule", "rest-json"),
    (
        request("GET", "/tags/arn%3Aaws%3Ascheduler", headers=signed_for("scheduler")),
        "scheduler.ListTagsForResource",
        "rest-json",
    ),
    (
        request("GET", "/tags/arn%3Aaws%3Apipes", headers=signed_for("pipes")),
        "pipes.ListTagsForResource",
        "rest-json",
    ),
    (request("POST", "/2015-03-31/functions/f/invocations"), "lambda.Invoke", "rest-json"),
    (
        request("GET", "/2015-03-31/functions/", headers=signed_for("lambda")),
        "lambda.ListFunctions",
        "rest-json",
    ),
    (
        request("GET", "/2015-03-31/functions", headers=signed_for("lambda")),
        "lambda.ListFunctions",
        "rest-json",
    ),
    (request("PUT", "/bucket", headers=signed_for("s3")), "s3.CreateBucket", "rest-xml"),
    (request("GET", "/bucket", "list-type=2", headers=signed_for("s3")), "s3.ListObjectsV2", "rest-xml"),
    (request("PUT", "/bucket/a/b/c", headers=signed_for("s3")), "s3.PutObject", "rest-xml"),
    (
        request("PUT", "/bucket/k", "partNumber=1&uploadId=u", headers=signed_for("s3")),
        "s3.UploadPart",
        "rest-xml",
    ),
    (
        request("PUT", "/bucket/k", headers=signed_for("s3") | {"x-amz-copy-source": "b/k"}),
        "s3.CopyObject",
        "rest-xml",
    ),
]


@pytest.mark.parametrize(
    ("wire", "operation", "protocol"),
    RECOGNISED,
    ids=[f"{row[1]}-{number}" for number, row in enumerate(RECOGNISED)],
)
def test_a_request_is_recognised(wire, operation, protocol):
    detected = ROUTER.detect(wire)
    assert (operation, protocol) == (
        f"{detected.operation.service.name}.{detected.operation.name}",
        detected.codec.name,
    )


@pytest.mark.parametrize(
    ("wire", "message"),
    [
        (target("AWSEvents.Nothing"), "Busyard does not implement events.Nothing: AWS has no such operation"),
        (
            target("Nobody.PutEvents"),
            "Busyard does not implement the service of X-Amz-Target 'Nobody.PutEvents'",
        ),
        (
            target("AWSEventsV2.ListEventBuses"),
            "Busyard does not implement the service of X-Amz-Target 'AWSEventsV2.ListEventBuses'",
        ),
        (target(""), "Busyard does not implement the service of X-Amz-Target ''"),
        (form("Action=Nothing", "sqs"), "Busyard does not implement sqs.Nothing: AWS has no such operation"),
        (form("Action=RunInstances", "ec2"), "Busyard does not implement the action RunInstances (ec2)"),
        (form("Action=RunInstances"), "Busyard does not implement the action RunInstances (version unknown)"),
        (
            request(path="/service/Nobody/operation/X", headers=CBOR),
            "Busyard does not implement rpc-v2-cbor at /service/Nobody/operation/X",
        ),
        (request(path="/", headers=CBOR), "Busyard does not implement rpc-v2-cbor at /"),
        (request("DELETE", "/what/is/this", headers=signed_for("pipes")), "signed for pipes"),
        (request("TRACE", "/what"), "Busyard does not implement TRACE /what, not signed: no X-Amz-Target"),
    ],
)
def test_what_is_not_recognised_is_not_implemented(wire, message):
    with pytest.raises(UnknownOperationException) as refusal:
        ROUTER.detect(wire)
    assert (501, True) == (refusal.value.status, message in refusal.value.message)


def test_a_form_that_cannot_be_read():
    with pytest.raises(SerializationException):
        ROUTER.detect(form_request(b"Action=\xff"))


def test_only_the_named_services_are_there():
    with pytest.raises(UnknownOperationException):
        Router(["events"]).detect(target("AmazonSQS.SendMessage"))


def test_models_are_loaded_when_a_request_needs_them():
    loaded = []

    def load(name):
        loaded.append(name)
        return load_service(name)

    router = Router(["events", "sqs", "s3"], load)
    router.detect(target("AWSEvents.PutEvents"))
    assert ["events"] == loaded
    router.detect(target("AmazonSQS.SendMessage"))
    router.detect(target("AWSEvents.PutEvents"))
    assert ["events", "sqs"] == loaded


@pytest.mark.parametrize(
    ("headers", "query", "expected"),
    [
        (signed_for("sqs", "us-east-2"), "", CredentialScope("test", "us-east-2", "sqs")),
        (
            {
                "Authorization": "AWS4-ECDSA-P256-SHA256 Credential=AKID/20260101/events/aws4_request, Signature=0"
            },
            "",
            CredentialScope("AKID", "", "events"),
        ),
        (
            {},
            "a=b&X-Amz-Credential=AKID%2F20260101%2Feu-west-1%2Fs3%2Faws4_request",
            CredentialScope("AKID", "eu-west-1", "s3"),
        ),
        ({"Authorization": "Basic dGVzdA=="}, "", None),
        ({"Authorization": "AWS4-HMAC-SHA256 Credential=broken, Signature=0"}, "", None),
        ({}, "", None),
    ],
)
def test_the_credential_scope(headers, query, expected):
    assert expected == credential_scope(request(query=query, headers=Headers(headers)))
