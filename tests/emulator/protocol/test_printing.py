import pytest

from emulator.protocol.models import load_service
from emulator.protocol.printing import printed


@pytest.mark.parametrize(
    ("service", "shape", "value", "expected"),
    [
        ("events", "EventTime", 0.0, "Thu Jan 01 00:00:00 UTC 1970"),
        ("events", "Boolean", True, "true"),
        ("events", "Boolean", False, "false"),
        ("events", "EventResourceList", ["a", "b"], "[a, b]"),
        ("events", "EventResource", None, "null"),
        ("events", "Tag", {"Key": "k"}, "Tag(key=k, value=null)"),
        ("sqs", "QueueAttributeMap", {"Policy": "p", "All": "x"}, "{Policy=p, All=x}"),
        ("sqs", "Binary", b"abc", "java.nio.HeapByteBuffer[pos=0 lim=3 cap=3]"),
        (
            "events",
            "CreateConnectionApiKeyAuthRequestParameters",
            {"ApiKeyName": "n", "ApiKeyValue": "secret"},
            "CreateConnectionApiKeyAuthRequestParameters(apiKeyName=n, apiKeyValue=***Sensitive Data Redacted***)",
        ),
    ],
)
def test_values_look_like_java(service, shape, value, expected):
    assert expected == printed(load_service(service).shape(shape), value)
