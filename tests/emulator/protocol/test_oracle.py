"""Every operation of the services we answer for, judged by botocore: requests it writes, answers it reads."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from emulator.protocol.codecs import CODECS
from emulator.protocol.detect import Router
from emulator.protocol.models import load_service
from tests.emulator.protocol.oracle import (
    as_form_fields_tell,
    as_xml_tells,
    botocore_model,
    for_botocore,
    from_botocore,
    has_event_stream,
    parsed,
    serialized,
    values,
)

PROTOCOLS = [
    ("events", "json"),
    ("sqs", "json"),
    ("sqs", "query"),
    ("stepfunctions", "json"),
    ("sns", "query"),
    ("sts", "query"),
    ("scheduler", "rest-json"),
    ("pipes", "rest-json"),
    ("lambda", "rest-json"),
    ("schemas", "rest-json"),
    ("eventbridgev2", "smithy-rpc-v2-cbor"),
    ("cloudwatch", "smithy-rpc-v2-cbor"),
    ("cloudwatch", "json"),
    ("cloudwatch", "query"),
]
OPERATIONS = [
    pytest.param(service, protocol, name, id=f"{service}-{protocol}-{name}")
    for service, protocol in PROTOCOLS
    for name in botocore_model(service, protocol).operation_names
    if not has_event_stream(botocore_model(service, protocol).operation_model(name))
]
ROUTERS = {service: Router([service]) for service, _ in PROTOCOLS}

few = settings(
    max_examples=4,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize(("service", "protocol", "name"), OPERATIONS)
def test_we_read_what_botocore_writes(service, protocol, name):
    operation = botocore_model(service, protocol).operation_model(name)
    shape = operation.input_shape
    if shape is None:
        pytest.skip("takes nothing")
    signing_name = operation.service_model.signing_name

    @few
    @given(values(shape))
    def check(params):
        wire = serialized(operation, protocol, for_botocore(shape, params), signing_name)
        detected = ROUTERS[service].detect(wire)
        expected = as_form_fields_tell(shape, params) if protocol == "query" else params
        assert (service, name, protocol) == (
            detected.operation.service.name,
            detected.operation.name,
            detected.codec.name,
        )
        assert expected == detected.codec.parse_request(detected.operation, wire)

    check()


@pytest.mark.parametrize(("service", "protocol", "name"), OPERATIONS)
def test_botocore_reads_what_we_write(service, protocol, name):
    operation = botocore_model(service, protocol).operation_model(name)
    shape = operation.output_shape
    ours = load_service(service).operation(name)
    if shape is None:
        response = CODECS[protocol].render_result(ours, {}, "the-id", None)
        assert "the-id" == parsed(operation, protocol, response)["ResponseMetadata"].get(
            "RequestId", "the-id"
        )
        return

    @few
    @given(values(shape))
    def check(result):
        response = CODECS[protocol].render_result(ours, result, "the-id", None)
        answer = parsed(operation, protocol, response)
        assert "the-id" == answer["ResponseMetadata"]["RequestId"]
        expected = as_xml_tells(shape, result) if protocol == "query" else result
        payload = shape.serialization.get("payload")
        if isinstance(expected.get(payload), bytes):
            expected = expected | {payload: expected[payload].decode()}
        assert expected == from_botocore(shape, answer)

    check()
