"""The codecs by protocol name, as the models spell it."""

from emulator.protocol.json_ import JsonCodec
from emulator.protocol.query import QueryCodec
from emulator.protocol.rest import RestCodec
from emulator.protocol.rest_json import JsonBodies
from emulator.protocol.rest_xml import XmlBodies
from emulator.protocol.rpc_cbor import RpcCborCodec
from emulator.protocol.wire import Codec

JSON = JsonCodec()
"""Also the way from a JSON document to params for callers inside (task states)."""

CODECS: dict[str, Codec] = {
    "json": JSON,
    "query": QueryCodec(),
    "rest-json": RestCodec("rest-json", JsonBodies()),
    "rest-xml": RestCodec("rest-xml", XmlBodies()),
    "smithy-rpc-v2-cbor": RpcCborCodec(),
}
