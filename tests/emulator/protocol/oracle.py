"""botocore as the judge: it writes the requests we read, and reads the answers we write."""

import functools
from datetime import UTC, datetime
from urllib.parse import urlsplit

import botocore.loaders
import botocore.model
import botocore.parsers
import botocore.serialize
from botocore.awsrequest import HeadersDict, create_request_object, prepare_request_dict
from hypothesis import strategies as st

from emulator.protocol.wire import HttpRequest, HttpResponse
from emulator.protocol.xml_ import SQS_ELEMENTS

DEPTH_MAX = 4


class Headers(dict):
    """Finds a name whatever its case."""

    def __init__(self, items=()):
        super().__init__({name.lower(): value for name, value in dict(items).items()})

    def get(self, name, default=None):
        return super().get(name.lower(), default)


def request(method="POST", path="/", query="", headers=(), body=b""):
    return HttpRequest(method, path, query, Headers(headers), body)


def json_request(target, body, version="1.0"):
    return request(
        headers={"X-Amz-Target": target, "Content-Type": f"application/x-amz-json-{version}"}, body=body
    )


def form_request(body, path="/", headers=()):
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Host": "localhost:4566"}
    return request(path=path, headers={**kind, **dict(headers)}, body=body)


def signed_for(service, region="eu-west-1"):
    return {
        "Authorization": f"AWS4-HMAC-SHA256 Credential=test/20260101/{region}/{service}/aws4_request, Signature=0"
    }


@functools.cache
def botocore_model(service, protocol):
    document = botocore.loaders.Loader().load_service_model(service, "service-2")
    if (service, protocol) == ("sqs", "query"):
        as_query_model(document)
    document["metadata"]["protocol"] = protocol
    return botocore.model.ServiceModel(document, service)


def as_query_model(document):
    """Give SQS's model back what it had when its protocol was query."""
    document["metadata"]["xmlNamespace"] = "http://queue.amazonaws.com/doc/2012-11-05/"
    shapes = document["shapes"]
    for name, element in SQS_ELEMENTS.items():
        if shapes[name]["type"] == "list":
            shapes[name]["member"]["locationName"] = element
        else:
            shapes[name]["key"]["locationName"] = "Key" if element == "Tag" else "Name"
            shapes[name]["value"]["locationName"] = "Value"
            for shape in shapes.values():
                for member in shape.get("members", {}).values():
                    if member["shape"] == name:
                        member["locationName"] = element
    for name, operation in document["operations"].items():
        if "output" in operation:
            operation["output"]["resultWrapper"] = f"{name}Result"


def has_event_stream(operation):
    return operation.has_event_stream_input or operation.has_event_stream_output


def serialized(operation, protocol, params, signing_name):
    """The request botocore sends for `params`."""
    wire = botocore.serialize.create_serializer(protocol, include_validation=False).serialize_to_request(
        params, operation
    )
    wire.pop("host_prefix", None)
    wire["headers"] |= signed_for(signing_name)
    prepare_request_dict(wire, "http://localhost:4566")
    prepared = create_request_object(wire).prepare()
    parts = urlsplit(prepared.url)
    body = prepared.body or b""
    return HttpRequest(
        prepared.method,
        parts.path,
        parts.query,
        Headers({name: text(value) for name, value in prepared.headers.items()}),
        body.encode() if isinstance(body, str) else bytes(body),
    )


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def parsed(operation, protocol, response: HttpResponse, shape=None):
    """What botocore makes of our answer."""
    wire = {"status_code": response.status, "headers": HeadersDict(response.headers), "body": response.body}
    return botocore.parsers.create_parser(protocol).parse(wire, shape or operation.output_shape)


WIRE_TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
    | st.sampled_from("\n\t\r&<>\"'"),
    max_size=12,
)
LABEL_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=8).filter(
    lambda label: label.strip(".")
)
HEADER_TEXT = st.text("abcXYZ019:/_-", min_size=1, max_size=8)
SECONDS = st.integers(0, 4_000_000_000).map(float)


def values(shape, depth=0, location=None):
    """Params of a shape, timestamps as floats."""
    match shape.type_name:
        case "structure":
            return structures(shape, depth)
        case "list":
            least = 1 if location in ("header", "querystring") else 0
            return st.lists(values(shape.member, depth + 1, location), min_size=least, max_size=2)
        case "map":
            return st.dictionaries(strings(location), values(shape.value, depth + 1, location), max_size=2)
        case "integer" | "long":
            return st.integers(200, 299) if location == "statusCode" else st.integers(-(2**31), 2**31 - 1)
        case "float" | "double":
            return st.floats(allow_nan=False, allow_infinity=False, width=32)
        case "boolean":
            return st.booleans()
        case "blob":
            return (
                st.text("abc{}", min_size=1).map(str.encode)
                if location == "payload"
                else st.binary(max_size=20)
            )
        case "timestamp":
            return SECONDS
        case _:
            return strings(location)


def strings(location):
    return {"uri": LABEL_TEXT, "header": HEADER_TEXT, "payload": WIRE_TEXT.filter(bool)}.get(
        location, WIRE_TEXT
    )


def structures(shape, depth):
    members = {
        name: values(member, depth + 1, place(shape, name, member))
        for name, member in shape.members.items()
        if depth < DEPTH_MAX or member.type_name not in ("structure", "list", "map")
    }
    if shape.is_tagged_union:
        return st.one_of(
            [strategy.map(lambda value, name=name: {name: value}) for name, strategy in members.items()]
        )
    needed = {
        name
        for name, member in shape.members.items()
        if member.serialization.get("location") in ("uri", "statusCode")
    }
    needed |= {shape.serialization.get("payload"), *shape.required_members} & set(members)
    required = {name: strategy for name, strategy in members.items() if name in needed}
    optional = {name: strategy for name, strategy in members.items() if name not in needed}
    return st.fixed_dictionaries(required, optional=optional)


def place(shape, name, member):
    return "payload" if shape.serialization.get("payload") == name else member.serialization.get("location")


def for_botocore(shape, value):
    """The params as botocore's serializer takes them: timestamps as datetimes."""
    return converted(shape, value, lambda seconds: datetime.fromtimestamp(seconds, UTC))


def from_botocore(shape, value):
    """What botocore's parser returned, with timestamps as floats."""
    return converted(shape, value, datetime.timestamp)


def converted(shape, value, timestamp):
    match shape.type_name:
        case "structure":
            return {
                name: converted(shape.members[name], item, timestamp)
                for name, item in value.items()
                if name in shape.members
            }
        case "list":
            return [converted(shape.member, item, timestamp) for item in value]
        case "map":
            return {key: converted(shape.value, item, timestamp) for key, item in value.items()}
        case "timestamp":
            return timestamp(value)
        case _:
            return value


def as_form_fields_tell(shape, value):
    """The params without what a form cannot say: empty structures and maps leave no field."""
    match shape.type_name:
        case "structure":
            inner = {name: as_form_fields_tell(shape.members[name], item) for name, item in value.items()}
            return {
                name: item for name, item in inner.items() if is_told(shape.members[name], item, value[name])
            }
        case "list":
            inner = [(as_form_fields_tell(shape.member, item), item) for item in value]
            return [item for item, original in inner if is_told(shape.member, item, original)]
        case "map":
            return {key: as_form_fields_tell(shape.value, item) for key, item in value.items()}
        case _:
            return value


def is_told(shape, value, original):
    return value == original if value in ([], {}) and shape.type_name == "list" else value != {}


def as_xml_tells(shape, value):
    """The result without what XML cannot say: empty flattened lists and maps leave no element."""
    match shape.type_name:
        case "structure":
            inner = {name: as_xml_tells(shape.members[name], item) for name, item in value.items()}
            return {
                name: item
                for name, item in inner.items()
                if item not in ([], {}) or not shape.members[name].serialization.get("flattened")
            }
        case "list":
            return [as_xml_tells(shape.member, item) for item in value]
        case "map":
            return {key: as_xml_tells(shape.value, item) for key, item in value.items()}
        case _:
            return value
