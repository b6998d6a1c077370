import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from emulator.core.errors import AwsError, SerializationException
from emulator.protocol.models import load_service
from emulator.protocol.patterns import compile_pattern
from emulator.protocol.validate import CORAL, validate, violations
from tests.emulator.protocol.oracle import botocore_model, values

few = settings(
    max_examples=3,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)

OURS = (
    "events",
    "sqs",
    "stepfunctions",
    "sns",
    "sts",
    "scheduler",
    "pipes",
    "lambda",
    "schemas",
    "eventbridgev2",
    "iam",
    "cloudformation",
    "logs",
    "s3",
    "cloudwatch",
)


def refusal(service, name, params):
    with pytest.raises(AwsError) as caught:
        validate(load_service(service).operation(name), params)
    return caught.value.code, caught.value.message


def says(message):
    return "ValidationException", message


ENTRY = {"Source": "s", "DetailType": "t", "Detail": "{}"}
PRINTED = (
    "PutEventsRequestEntry(time=null, source=s, resources=null, detailType=t, detail={}, eventBusName=null, "
    "traceHeader=null, kmsKeyIdentifier=null, internalMetadata=null)"
)

WORDING = [
    (
        "events",
        "PutRule",
        {},
        "1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null",
    ),
    (
        "events",
        "PutRule",
        {"Name": "n" * 65},
        f"1 validation error detected: Value '{'n' * 65}' at 'name' failed to satisfy constraint: Member must have length less than or equal to 64",
    ),
    (
        "events",
        "PutRule",
        {"Name": ""},
        (
            "2 validation errors detected: Value '' at 'name' failed to satisfy constraint: Member must satisfy regular expression "
            r"pattern: [\.\-_A-Za-z0-9]+; Value '' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 1"
        ),
    ),
    (
        "events",
        "PutRule",
        {"Name": "n", "State": "ON"},
        (
            "1 validation error detected: Value 'ON' at 'state' failed to satisfy constraint: Member must satisfy enum value set: "
            "[ENABLED, DISABLED, ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS]"
        ),
    ),
    (
        "events",
        "ListRules",
        {"Limit": 0},
        "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ),
    (
        "events",
        "ListRules",
        {"Limit": 101},
        "1 validation error detected: Value '101' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 100",
    ),
    (
        "events",
        "PutEvents",
        {"Entries": [ENTRY] * 11},
        (
            f"1 validation error detected: Value '[{', '.join([PRINTED] * 11)}]' at 'entries' failed to satisfy constraint: "
            "Member must have length less than or equal to 10"
        ),
    ),
    (
        "events",
        "PutTargets",
        {
            "Rule": "r",
            "Targets": [
                {"Id": "1", "Arn": "a"},
                {"Id": "2", "Arn": "a", "RetryPolicy": {"MaximumRetryAttempts": 186}},
                {"Arn": "a"},
            ],
        },
        (
            "2 validation errors detected: Value '186' at 'targets.2.member.retryPolicy.maximumRetryAttempts' failed to satisfy constraint: "
            "Member must have value less than or equal to 185; Value null at 'targets.3.member.id' failed to satisfy constraint: "
            "Member must not be null"
        ),
    ),
    (
        "events",
        "UntagResource",
        {"ResourceARN": "arn", "TagKeys": ["k", ""]},
        (
            "1 validation error detected: Value '[k, ]' at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: "
            "[Member must have length less than or equal to 128, Member must have length greater than or equal to 1]"
        ),
    ),
    (
        "pipes",
        "TagResource",
        {"resourceArn": "arn:aws:pipes:eu-west-1:000000000000:pipe/p", "tags": {"": "v"}},
        (
            "1 validation error detected: Value '{=v}' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: "
            "[Member must have length less than or equal to 128, Member must have length greater than or equal to 1]"
        ),
    ),
    (
        "pipes",
        "TagResource",
        {"resourceArn": "arn:aws:pipes:eu-west-1:000000000000:pipe/p", "tags": {"k": "v" * 257}},
        (
            f"1 validation error detected: Value '{{k={'v' * 257}}}' at 'tags' failed to satisfy constraint: Map value must satisfy "
            "constraint: [Member must have length less than or equal to 256]"
        ),
    ),
    (
        "events",
        "CreateConnection",
        {
            "Name": "n",
            "AuthorizationType": "API_KEY",
            "AuthParameters": {"ApiKeyAuthParameters": {"ApiKeyName": "k", "ApiKeyValue": "v" * 513}},
        },
        (
            "1 validation error detected: Value at 'authParameters.apiKeyAuthParameters.apiKeyValue' failed to satisfy constraint: "
            "Member must have length less than or equal to 512"
        ),
    ),
]


@pytest.mark.parametrize(("service", "name", "params", "message"), WORDING)
def test_the_services_words(service, name, params, message):
    assert says(message) == refusal(service, name, params)


@pytest.mark.parametrize(
    ("name", "params", "parameter"),
    [
        ("SendMessage", {}, "QueueUrl"),
        ("SendMessage", {"QueueUrl": "u"}, "MessageBody"),
        (
            "SendMessageBatch",
            {"QueueUrl": "u", "Entries": [{"Id": "1", "MessageBody": "b"}, {"Id": "2"}]},
            "SendMessageBatchRequestEntry.2.MessageBody",
        ),
        ("DeleteMessageBatch", {"QueueUrl": "u"}, "Entries"),
    ],
)
def test_sqs_misses_a_parameter(name, params, parameter):
    assert ("MissingParameter", f"The request must contain the parameter {parameter}.") == refusal(
        "sqs", name, params
    )


def test_sqs_checks_values_itself():
    params = {"QueueUrl": "u", "MessageBody": "", "MessageAttributes": {"a": {}}, "DelaySeconds": -1}
    validate(load_service("sqs").operation("SendMessage"), params)


def test_query_services_have_another_code():
    code, message = refusal("sns", "Subscribe", {})
    assert ("ValidationError", "2 validation errors detected: Value null at 'topicArn'") == (
        code,
        message[:54],
    )


@pytest.mark.parametrize(
    ("service", "name", "params"),
    [
        ("events", "PutEvents", {"Entries": [ENTRY]}),
        ("events", "ListRules", {}),
        ("events", "PutRule", {"Name": "a.b-c_D9", "Tags": [{"Key": "k", "Value": ""}]}),
        ("sqs", "SendMessageBatch", {"QueueUrl": "u", "Entries": [{"Id": "1", "MessageBody": "b"}]}),
        ("sns", "ListTopics", {}),
        ("sts", "GetCallerIdentity", {}),
        ("lambda", "GetAccountSettings", {}),
        ("dynamodb", "PutItem", {"TableName": "table", "Item": {"a": {"L": [{"M": {"b": {"S": "x"}}}]}}}),
    ],
)
def test_what_is_valid_passes(service, name, params):
    validate(load_service(service).operation(name), params)


@few
@given(st.data())
@pytest.mark.parametrize("service", ["events", "stepfunctions", "pipes", "sns", "scheduler"])
def test_the_quick_test_and_the_slow_walk_agree(service, data):
    for name in load_service(service).operation_traits:
        operation = load_service(service).operation(name)
        shape = botocore_model(service, operation.service.protocols[0]).operation_model(name).input_shape
        params = data.draw(values(shape))
        for candidate in ({}, params):
            quick = bool(CORAL.test(operation.input)(candidate))
            assert quick == ([] == list(violations(operation.input, candidate, "")))


def test_values_too_deep_to_check():
    value = {"S": "x"}
    for _ in range(5000):
        value = {"L": [value]}
    params = {"TableName": "table", "Item": {"a": value}}
    with pytest.raises(SerializationException):
        validate(load_service("dynamodb").operation("PutItem"), params)


def test_lengths_count_characters_and_bytes():
    validate(
        load_service("events").operation("CreateEventBus"), {"Name": "n", "Description": "\U0001f600" * 512}
    )
    assert (
        "ValidationException"
        == refusal("events", "CreateEventBus", {"Name": "n", "Description": "\U0001f600" * 513})[0]
    )


@pytest.mark.parametrize(
    ("pattern", "value", "matches"),
    [
        (r"[a-z]+", "abc", True),
        (r"[a-z]+", "abc!", False),
        (r"^[a-z]+$", "abc\n", False),
        (r"\w+", "\u00e9", False),
        (r"[\w-_]*", "a-b_", True),
        (r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+", "Gr\u00f6\u00dfe 1/2 \u4e2d", True),
        (r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+", "a#b", False),
        (r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+", "\u20ac", False),
        (r"[\p{P}\p{S}]+", "\u20ac!$", True),
        (r"\p{ASCII}*", "abc", True),
        (r"\p{ASCII}*", "\u00e9", False),
        (r"\p{L}", "\ud800", False),
    ],
)
def test_java_patterns(pattern, value, matches):
    test = compile_pattern(pattern)
    assert matches == bool(test(value))


@pytest.mark.parametrize("pattern", ["(", r"\p{Unheard}", r"\pL"])
def test_a_pattern_that_python_lacks_is_given_up(pattern):
    assert None is compile_pattern(pattern)


def test_every_pattern_of_our_services_is_checked():
    given_up = [
        f"{service}.{name}"
        for service in OURS
        for name, traits in load_service(service).shape_traits.items()
        if "pattern" in traits and compile_pattern(traits["pattern"]) is None
    ]
    assert [] == given_up
