"""Connections and API destinations: real requests to a listener of the test's own."""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.end_to_end.test_events_api import ACCOUNT, arn, error_of

BASIC = {
    "AuthorizationType": "BASIC",
    "AuthParameters": {"BasicAuthParameters": {"Username": "u", "Password": "p"}},
}
API_KEY = {
    "AuthorizationType": "API_KEY",
    "AuthParameters": {"ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": "secret"}},
}
ENTRY = {"Source": "shop", "DetailType": "T", "Detail": '{"id": "o 1", "total": 5}'}


class Listener:
    """An HTTP server that keeps what it is sent and answers as it is told; by default 200."""

    def __init__(self):
        self.requests = []
        self.answers = []
        self.token_answers = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                listener.requests.append((self.command, self.path, dict(self.headers), body))
                answers = listener.token_answers if self.path.startswith("/token") else listener.answers
                status, headers, content = answers.pop(0) if answers else (200, {}, b"")
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def __getattr__(self, name):
                if name.startswith("do_"):
                    return self.answer
                raise AttributeError(name)

            def log_message(self, *_arguments):
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def close(self):
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()


@pytest.fixture
def listener():
    listener = Listener()
    yield listener
    listener.close()


@pytest.fixture
def deliver(emulator, events, sqs, listener):
    """Make a connection, a destination and a rule; put an event and return the requests that came."""
    sqs.create_queue(QueueName="dead")

    def run(connection=BASIC, path="/orders", *, target=None, entries=(ENTRY,), **destination):
        connected = events.create_connection(Name="c", **connection)["ConnectionArn"]
        made = events.create_api_destination(
            Name="d",
            ConnectionArn=connected,
            **({"InvocationEndpoint": listener.url + path, "HttpMethod": "POST"} | destination),
        )
        events.put_rule(Name="r", EventPattern='{"source": ["shop"]}')
        fields = {
            "Id": "t",
            "Arn": made["ApiDestinationArn"],
            "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/r",
            "DeadLetterConfig": {"Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:dead"},
        }
        events.put_targets(Rule="r", Targets=[fields | (target or {})])
        events.put_events(Entries=list(entries))
        emulator.settle()
        return listener.requests

    return run


def dead_letter(sqs):
    url = sqs.get_queue_url(QueueName="dead")["QueueUrl"]
    (message,) = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    return {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}


class TestConnections:
    def test_a_connection_is_created_described_listed_updated_and_deleted(self, events):
        created = events.create_connection(Name="c", Description="d", **API_KEY)
        del created["ResponseMetadata"]
        assert {"ConnectionArn", "ConnectionState", "CreationTime", "LastModifiedTime"} == set(created)
        assert created["ConnectionArn"].startswith(arn("connection/c/"))
        assert "AUTHORIZED" == created["ConnectionState"]
        found = events.describe_connection(Name="c")
        assert {"ApiKeyAuthParameters": {"ApiKeyName": "X-Key"}} == found["AuthParameters"]
        secret = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:events!connection/c/"
        assert found["SecretArn"].startswith(secret)
        events.update_connection(Name="c", Description="e")
        assert "e" == events.describe_connection(Name="c")["Description"]
        (listed,) = events.list_connections()["Connections"]
        assert ("c", "API_KEY") == (listed["Name"], listed["AuthorizationType"])
        assert "DELETING" == events.delete_connection(Name="c")["ConnectionState"]
        assert [] == events.list_connections()["Connections"]

    def test_secret_values_are_never_shown(self, events):
        parameters = {
            **BASIC["AuthParameters"],
            "InvocationHttpParameters": {
                "HeaderParameters": [
                    {"Key": "X-Open", "Value": "shown", "IsValueSecret": False},
                    {"Key": "X-Secret", "Value": "hidden", "IsValueSecret": True},
                ]
            },
        }
        events.create_connection(Name="c", AuthorizationType="BASIC", AuthParameters=parameters)
        assert {
            "BasicAuthParameters": {"Username": "u"},
            "InvocationHttpParameters": {
                "HeaderParameters": [
                    {"Key": "X-Open", "Value": "shown", "IsValueSecret": False},
                    {"Key": "X-Secret", "IsValueSecret": True},
                ]
            },
        } == events.describe_connection(Name="c")["AuthParameters"]

    def test_wrong_connections_are_refused(self, events):
        events.create_connection(Name="c", **BASIC)
        assert ("ResourceAlreadyExistsException", "Connection c already exists.") == error_of(
            events.create_connection, Name="c", **BASIC
        )
        missing = (
            "ResourceNotFoundException",
            "Failed to describe the connection(s). Connection 'x' does not exist.",
        )
        for operation in (
            events.describe_connection,
            events.update_connection,
            events.deauthorize_connection,
            events.delete_connection,
        ):
            assert missing == error_of(operation, Name="x")
        mixed = {**BASIC, "AuthorizationType": "API_KEY"}
        assert "ValidationException" == error_of(events.create_connection, Name="y", **mixed)[0]


class TestDestinations:
    def test_a_destination_is_created_described_listed_updated_and_deleted(self, events):
        connection = events.create_connection(Name="c", **BASIC)["ConnectionArn"]
        params = {
            "ConnectionArn": connection,
            "InvocationEndpoint": "https://x.example/*",
            "HttpMethod": "POST",
        }
        created = events.create_api_destination(Name="d", **params)
        assert created["ApiDestinationArn"].startswith(arn("api-destination/d/"))
        found = events.describe_api_destination(Name="d")
        assert ("ACTIVE", 300) == (found["ApiDestinationState"], found["InvocationRateLimitPerSecond"])
        events.update_api_destination(Name="d", HttpMethod="PUT")
        (listed,) = events.list_api_destinations(ConnectionArn=connection)["ApiDestinations"]
        assert "PUT" == listed["HttpMethod"]
        events.deauthorize_connection(Name="c")
        assert "INACTIVE" == events.describe_api_destination(Name="d")["ApiDestinationState"]
        assert ("ResourceAlreadyExistsException", "An api-destination 'd' already exists.") == error_of(
            events.create_api_destination, Name="d", **params
        )
        events.delete_api_destination(Name="d")
        assert (
            "ResourceNotFoundException",
            "Failed to describe the api-destination(s). An api-destination 'd' does not exist.",
        ) == error_of(events.describe_api_destination, Name="d")

    def test_its_connection_must_exist(self, events):
        missing = arn("connection/x/00000000-0000-4000-8000-000000000000")
        assert ("ResourceNotFoundException", f"Connection '{missing}' does not exist.") == error_of(
            events.create_api_destination,
            Name="d",
            ConnectionArn=missing,
            InvocationEndpoint="https://x.example/",
            HttpMethod="POST",
        )


class TestInvocations:
    def test_the_event_is_posted_with_basic_authorisation_and_eventbridges_headers(self, deliver):
        ((method, path, headers, body),) = deliver()
        assert ("POST", "/orders") == (method, path)
        assert {"id": "o 1", "total": 5} == json.loads(body)["detail"]
        assert f"Basic {base64.b64encode(b'u:p').decode()}" == headers["Authorization"]
        assert "application/json; charset=utf-8" == headers["Content-Type"]
        assert "Amazon/EventBridge/ApiDestinations" == headers["User-Agent"]
        assert "bytes=0-1048575" == headers["Range"]

    def test_an_api_key_is_a_header(self, deliver):
        ((_, _, headers, _),) = deliver(API_KEY)
        assert "secret" == headers["X-Key"]

    def test_what_target_and_connection_add_is_merged_and_the_connection_wins(self, deliver):
        added = {
            "HeaderParameters": [{"Key": "X-A", "Value": "connection"}],
            "QueryStringParameters": [{"Key": "q", "Value": "c c"}],
            "BodyParameters": [{"Key": "extra", "Value": "b"}],
        }
        connection = {
            **BASIC,
            "AuthParameters": {**BASIC["AuthParameters"], "InvocationHttpParameters": added},
        }
        http = {
            "PathParameterValues": ["$.detail.id"],
            "HeaderParameters": {"X-A": "target", "X-B": "$.detail.total", "Host": "elsewhere"},
            "QueryStringParameters": {"q": "t", "p": "1"},
        }
        ((_, path, headers, body),) = deliver(connection, "/orders/*", target={"HttpParameters": http})
        split = urlsplit(path)
        assert ("/orders/o%201", {"q": ["c c"], "p": ["1"]}) == (split.path, parse_qs(split.query))
        assert ("connection", "5") == (headers["X-A"], headers["X-B"])
        assert "elsewhere" != headers["Host"]
        assert "b" == json.loads(body)["extra"]

    def test_a_get_has_no_body(self, deliver):
        ((method, _, _, body),) = deliver(HttpMethod="GET")
        assert ("GET", b"") == (method, body)

    @pytest.mark.parametrize("status", [401, 407, 409, 429, 500, 503])
    def test_some_answers_are_worth_another_attempt(self, emulator, deliver, listener, status):
        emulator.control("POST", "/_emulator/clock", action="freeze")
        listener.answers = [(status, {}, b"no"), (status, {}, b"no")]
        assert 1 == len(deliver())
        emulator.advance(60)
        assert 3 == len(listener.requests)
        emulator.advance(86_400)
        assert 3 == len(listener.requests)

    def test_retry_after_is_waited_for(self, emulator, deliver, listener):
        emulator.control("POST", "/_emulator/clock", action="freeze")
        listener.answers = [(503, {"Retry-After": "100"}, b"")]
        deliver()
        emulator.advance(99)
        assert 1 == len(listener.requests)
        emulator.advance(1)
        assert 2 == len(listener.requests)

    def test_other_refusals_are_final(self, deliver, listener, sqs):
        listener.answers = [(404, {}, b"nothing here")]
        assert 1 == len(deliver())
        letter = dead_letter(sqs)
        assert "ERROR_FROM_TARGET" == letter["ERROR_CODE"]
        assert "answered with status 404. nothing here" in letter["ERROR_MESSAGE"]

    def test_an_endpoint_that_is_not_there_is_tried_until_the_policy_ends(self, emulator, deliver, sqs):
        emulator.control("POST", "/_emulator/clock", action="freeze")
        retries = {"RetryPolicy": {"MaximumRetryAttempts": 1, "MaximumEventAgeInSeconds": 600}}
        deliver(InvocationEndpoint="http://127.0.0.1:1/", target=retries)
        emulator.advance(600)
        letter = dead_letter(sqs)
        assert ("CONNECTION_FAILURE", "1") == (letter["ERROR_CODE"], letter["RETRY_ATTEMPTS"])

    def test_no_second_sees_more_than_the_rate_limit(self, emulator, deliver, listener):
        emulator.control("POST", "/_emulator/clock", action="freeze")
        deliver(entries=[ENTRY] * 7, InvocationRateLimitPerSecond=2)
        counts = [len(listener.requests)]
        for _ in range(4):
            emulator.advance(1)
            counts.append(len(listener.requests))
        assert [2, 4, 6, 7, 7] == counts
        spans = emulator.control("GET", "/_emulator/traces?kind=attempt")["spans"]
        assert [1] * 7 == [span["attributes"]["attempt"] for span in spans]


class TestOAuth:
    def oauth(self, listener):
        http = {
            "HeaderParameters": [{"Key": "X-Tenant", "Value": "t"}],
            "QueryStringParameters": [{"Key": "v", "Value": "2"}],
            "BodyParameters": [{"Key": "scope", "Value": "orders"}],
        }
        oauth = {
            "ClientParameters": {"ClientID": "id", "ClientSecret": "s3"},
            "AuthorizationEndpoint": f"{listener.url}/token",
            "HttpMethod": "POST",
            "OAuthHttpParameters": http,
        }
        return {"AuthorizationType": "OAUTH_CLIENT_CREDENTIALS", "AuthParameters": {"OAuthParameters": oauth}}

    def token(self, value, lifetime=60):
        return 200, {}, json.dumps({"access_token": value, "expires_in": lifetime}).encode()

    def test_a_token_is_fetched_at_once_and_used(self, events, deliver, listener):
        listener.token_answers = [self.token("one")]
        (method, path, headers, body), (_, _, invoked, _) = deliver(self.oauth(listener))
        assert ("POST", "/token?v=2", "t") == (method, path, headers["X-Tenant"])
        assert {
            "grant_type": ["client_credentials"],
            "client_id": ["id"],
            "client_secret": ["s3"],
            "scope": ["orders"],
        } == parse_qs(body.decode())
        assert "Bearer one" == invoked["Authorization"]
        assert "AUTHORIZED" == events.describe_connection(Name="c")["ConnectionState"]

    def test_a_token_that_has_expired_or_is_not_taken_is_fetched_anew(
        self, emulator, events, deliver, listener
    ):
        emulator.control("POST", "/_emulator/clock", action="freeze")
        listener.token_answers = [self.token("one"), self.token("two"), self.token("three")]
        deliver(self.oauth(listener))
        emulator.advance(61)
        events.put_events(Entries=[ENTRY])
        emulator.settle()
        listener.answers = [(401, {}, b"")]
        events.put_events(Entries=[ENTRY])
        emulator.settle()
        used = [headers["Authorization"] for _, path, headers, _ in listener.requests if path == "/orders"]
        assert ["Bearer one", "Bearer two", "Bearer two", "Bearer three"] == used

    def test_a_connection_that_gets_no_token_says_why(self, emulator, events, listener):
        listener.token_answers = [(403, {}, b"{}")]
        created = events.create_connection(Name="c", **self.oauth(listener))
        assert "AUTHORIZING" == created["ConnectionState"]
        emulator.settle()
        found = events.describe_connection(Name="c")
        assert "DEAUTHORIZED" == found["ConnectionState"]
        assert "status 403" in found["StateReason"]
