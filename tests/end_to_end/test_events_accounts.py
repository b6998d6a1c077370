"""Events between accounts and regions: policies of buses, partner event sources, global endpoints."""

import json

import pytest

from tests.end_to_end.test_events_api import ACCOUNT, arn, error_of

OTHER = "111122223333"
ENTRY = {"Source": "shop", "DetailType": "T", "Detail": "{}"}


def policy_of(events, **bus):
    return json.loads(events.describe_event_bus(**bus)["Policy"])


def permit(events, **params):
    defaults = {"Action": "events:PutEvents", "Principal": OTHER, "StatementId": "s"}
    return events.put_permission(**(defaults | params))


def queue_for(emulator, account="test", region="us-east-1", bus="default"):
    """Let every event on a bus of an account go to a queue of it, and return how to read that."""
    events, sqs = (emulator.client(name, access_key=account, region=region) for name in ("events", "sqs"))
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    owner = ACCOUNT if account == "test" else account
    events.put_rule(Name="all", EventBusName=bus, EventPattern='{"account": [{"exists": true}]}')
    target = {"Id": "t", "Arn": f"arn:aws:sqs:{region}:{owner}:q"}
    events.put_targets(Rule="all", EventBusName=bus, Targets=[target])

    def received():
        emulator.settle()
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        return [json.loads(message["Body"]) for message in messages.get("Messages", [])]

    return received


class TestPolicies:
    def test_a_statement_is_added_shown_and_replaced(self, events):
        permit(events)
        statement = {
            "Sid": "s",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{OTHER}:root"},
            "Action": "events:PutEvents",
            "Resource": arn("event-bus/default"),
        }
        assert {"Version": "2012-10-17", "Statement": [statement]} == policy_of(events)
        condition = {"Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": "o-1"}
        permit(events, Principal="*", Condition=condition)
        changed = {
            **statement,
            "Principal": "*",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}},
        }
        assert [changed] == policy_of(events)["Statement"]
        (listed,) = events.list_event_buses()["EventBuses"]
        assert changed == json.loads(listed["Policy"])["Statement"][0]

    def test_statements_are_removed_one_by_one_or_all_at_once(self, events):
        permit(events)
        permit(events, StatementId="other")
        events.remove_permission(StatementId="s")
        assert ["other"] == [statement["Sid"] for statement in policy_of(events)["Statement"]]
        events.remove_permission(RemoveAllPermissions=True)
        assert "Policy" not in events.describe_event_bus()

    def test_a_whole_policy_can_be_put(self, events):
        policy = {"Version": "2012-10-17", "Statement": []}
        events.put_permission(Policy=json.dumps(policy))
        assert policy == policy_of(events)

    def test_what_cannot_be_removed_or_put_is_refused(self, events):
        assert ("ResourceNotFoundException", "EventBus does not have a policy.") == error_of(
            events.remove_permission, StatementId="s"
        )
        permit(events)
        assert ("ResourceNotFoundException", "Statement with the provided id does not exist.") == error_of(
            events.remove_permission, StatementId="x"
        )
        assert (
            "ValidationException",
            "Provided value in parameter 'action' is not supported.",
        ) == error_of(permit, events=events, Action="events:PutRule")
        assert "ValidationException" == error_of(events.put_permission, Policy="{")[0]
        assert ("ResourceNotFoundException", "Event bus none does not exist.") == error_of(
            permit, events=events, EventBusName="none"
        )

    def test_only_an_account_that_the_policy_names_may_put_events(self, emulator, events):
        received = queue_for(emulator)
        stranger = emulator.client("events", access_key=OTHER)
        entry = {**ENTRY, "EventBusName": arn("event-bus/default")}
        (refused,) = stranger.put_events(Entries=[entry])["Entries"]
        assert "AccessDeniedException" == refused["ErrorCode"]
        permit(events, Condition={"Type": "StringEquals", "Key": "events:source", "Value": "shop"})
        (taken,) = stranger.put_events(Entries=[entry])["Entries"]
        (also_refused,) = stranger.put_events(Entries=[{**entry, "Source": "other"}])["Entries"]
        assert "AccessDeniedException" == also_refused["ErrorCode"]
        (event,) = received()
        assert (taken["EventId"], OTHER) == (event["id"], event["account"])

    def test_a_rule_that_forwards_to_another_account_needs_its_permission(self, emulator, events, sqs):
        received = queue_for(emulator, OTHER)
        dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
        events.put_rule(Name="forward", EventPattern='{"source": ["shop"]}')
        target = {
            "Id": "t",
            "Arn": f"arn:aws:events:us-east-1:{OTHER}:event-bus/default",
            "DeadLetterConfig": {"Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:dead"},
        }
        events.put_targets(Rule="forward", Targets=[target])
        events.put_events(Entries=[ENTRY])
        emulator.settle()
        (message,) = sqs.receive_message(QueueUrl=dead, MessageAttributeNames=["All"])["Messages"]
        assert "NO_PERMISSIONS" == message["MessageAttributes"]["ERROR_CODE"]["StringValue"]
        permit(emulator.client("events", access_key=OTHER), Principal=ACCOUNT)
        events.put_events(Entries=[ENTRY])
        assert [ACCOUNT] == [event["account"] for event in received()]


class TestPartners:
    NAME = "aws.partner/example.com/1/orders"

    @pytest.fixture
    def partner(self, emulator):
        return emulator.client("events", access_key=OTHER)

    def offer(self, partner):
        return partner.create_partner_event_source(Name=self.NAME, Account=ACCOUNT)["EventSourceArn"]

    def test_a_source_is_offered_taken_and_used(self, emulator, events, partner):
        offered = self.offer(partner)
        assert f"arn:aws:events:us-east-1::event-source/{self.NAME}" == offered
        found = events.describe_event_source(Name=self.NAME)
        assert ("PENDING", OTHER, offered) == (found["State"], found["CreatedBy"], found["Arn"])
        assert "ExpirationTime" in found
        events.create_event_bus(Name=self.NAME, EventSourceName=self.NAME)
        (listed,) = events.list_event_sources()["EventSources"]
        assert "ACTIVE" == listed["State"]
        received = queue_for(emulator, bus=self.NAME)
        answer = partner.put_partner_events(Entries=[{**ENTRY, "Source": self.NAME}])
        (event,) = received()
        assert (answer["Entries"][0]["EventId"], self.NAME, ACCOUNT) == (
            event["id"],
            event["source"],
            event["account"],
        )

    def test_a_deactivated_source_lets_no_events_in(self, emulator, events, partner):
        self.offer(partner)
        events.create_event_bus(Name=self.NAME, EventSourceName=self.NAME)
        received = queue_for(emulator, bus=self.NAME)
        events.deactivate_event_source(Name=self.NAME)
        partner.put_partner_events(Entries=[{**ENTRY, "Source": self.NAME}])
        assert [] == received()
        events.activate_event_source(Name=self.NAME)
        partner.put_partner_events(Entries=[{**ENTRY, "Source": self.NAME}])
        assert 1 == len(received())

    def test_the_partner_sees_its_sources_and_takes_them_back(self, events, partner):
        self.offer(partner)
        assert self.NAME == partner.describe_partner_event_source(Name=self.NAME)["Name"]
        (source,) = partner.list_partner_event_sources(NamePrefix="aws.partner/example.com/")[
            "PartnerEventSources"
        ]
        assert self.NAME == source["Name"]
        (taker,) = partner.list_partner_event_source_accounts(EventSourceName=self.NAME)[
            "PartnerEventSourceAccounts"
        ]
        assert (ACCOUNT, "PENDING") == (taker["Account"], taker["State"])
        partner.delete_partner_event_source(Name=self.NAME, Account=ACCOUNT)
        assert [] == events.list_event_sources()["EventSources"]
        assert (
            "ResourceNotFoundException" == error_of(partner.describe_partner_event_source, Name=self.NAME)[0]
        )

    def test_a_source_that_nobody_takes_expires(self, emulator, events, partner):
        self.offer(partner)
        emulator.control("POST", "/_emulator/clock", action="freeze")
        emulator.advance(15 * 86_400)
        missing = ("ResourceNotFoundException", f"Event source {self.NAME} does not exist.")
        assert missing == error_of(events.describe_event_source, Name=self.NAME)
        assert missing == error_of(events.create_event_bus, Name=self.NAME, EventSourceName=self.NAME)

    def test_only_its_partner_may_put_a_sources_events(self, events):
        (entry,) = events.put_partner_events(Entries=[{**ENTRY, "Source": self.NAME}])["Entries"]
        assert "NotAuthorizedForSourceException" == entry["ErrorCode"]


class TestEndpoints:
    @pytest.fixture
    def endpoint(self, emulator, events):
        emulator.client("events", region="eu-west-1").create_event_bus(Name="shop")
        events.create_event_bus(Name="shop")
        check = {"HealthCheck": "arn:aws:route53:::healthcheck/01234567-0123-0123-0123-0123456789ab"}
        routing = {"FailoverConfig": {"Primary": check, "Secondary": {"Route": "eu-west-1"}}}
        return {
            "Name": "shop",
            "RoutingConfig": routing,
            "EventBuses": [
                {"EventBusArn": arn("event-bus/shop")},
                {"EventBusArn": f"arn:aws:events:eu-west-1:{ACCOUNT}:event-bus/shop"},
            ],
        }

    def test_an_endpoint_is_created_described_listed_updated_and_deleted(self, events, endpoint):
        created = events.create_endpoint(**endpoint, Description="d")
        assert (arn("endpoint/shop"), "CREATING") == (created["Arn"], created["State"])
        found = events.describe_endpoint(Name="shop")
        assert ("ACTIVE", "d", {"State": "ENABLED"}) == (
            found["State"],
            found["Description"],
            found["ReplicationConfig"],
        )
        assert f"https://{found['EndpointId']}.endpoint.events.amazonaws.com" == found["EndpointUrl"]
        events.update_endpoint(Name="shop", Description="e")
        (listed,) = events.list_endpoints()["Endpoints"]
        assert "e" == listed["Description"]
        events.delete_endpoint(Name="shop")
        assert ("ResourceNotFoundException", "Endpoint shop does not exist.") == error_of(
            events.describe_endpoint, Name="shop"
        )

    def test_events_go_to_the_primary_and_to_the_secondary_when_it_is_down(self, emulator, events, endpoint):
        events.create_endpoint(**endpoint, ReplicationConfig={"State": "DISABLED"})
        endpoint_id = events.describe_endpoint(Name="shop")["EndpointId"]
        primary = queue_for(emulator, bus="shop")
        secondary = queue_for(emulator, region="eu-west-1", bus="shop")
        put = {"params": {"Entries": [ENTRY], "EndpointId": endpoint_id}}
        self.put(emulator, **put)
        assert (1, 0) == (len(primary()), len(secondary()))
        emulator.control("POST", "/_emulator/events/endpoint-health", name="shop", healthy=False)
        self.put(emulator, **put)
        assert (1, 1) == (len(primary()), len(secondary()))

    def test_with_replication_both_buses_get_the_events(self, emulator, events, endpoint):
        events.create_endpoint(**endpoint)
        endpoint_id = events.describe_endpoint(Name="shop")["EndpointId"]
        primary = queue_for(emulator, bus="shop")
        secondary = queue_for(emulator, region="eu-west-1", bus="shop")
        self.put(emulator, params={"Entries": [ENTRY], "EndpointId": endpoint_id})
        assert [event["id"] for event in primary()] == [event["id"] for event in secondary()]

    def put(self, emulator, params):
        """PutEvents as it goes over the wire: boto3 asks for a signature of a kind it cannot make here."""
        headers = {
            "X-Amz-Target": "AWSEvents.PutEvents",
            "Content-Type": "application/x-amz-json-1.1",
            "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/events/aws4_request",
        }
        return emulator.raw("POST", "/", json.dumps(params).encode(), headers)

    def test_buses_must_be_two_of_one_name_that_exist(self, events, endpoint):
        same = [endpoint["EventBuses"][0]] * 2
        assert (
            "ValidationException" == error_of(events.create_endpoint, **{**endpoint, "EventBuses": same})[0]
        )
        missing = [
            {"EventBusArn": bus["EventBusArn"].replace("shop", "none")} for bus in endpoint["EventBuses"]
        ]
        assert ("ResourceNotFoundException", "Event bus none does not exist.") == error_of(
            events.create_endpoint, **{**endpoint, "EventBuses": missing}
        )

    def test_the_health_of_an_endpoint_must_be_said_rightly(self, emulator):
        path = "/_emulator/events/endpoint-health"
        assert (400, "Endpoint none does not exist.") == emulator.refusal(
            "POST", path, name="none", healthy=True
        )
        assert 400 == emulator.refusal("POST", path, name="none")[0]


def test_a_target_that_is_not_executed_leaves_an_invocation_to_look_at(emulator, events):
    cluster = f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/c"
    events.put_rule(Name="r", EventPattern='{"source": ["shop"]}')
    fields = {"EcsParameters": {"TaskDefinitionArn": f"arn:aws:ecs:us-east-1:{ACCOUNT}:task-definition/d"}}
    role = f"arn:aws:iam::{ACCOUNT}:role/r"
    events.put_targets(
        Rule="r", Targets=[{"Id": "t", "Arn": cluster, "Input": '{"a":1}', "RoleArn": role, **fields}]
    )
    events.put_events(Entries=[ENTRY])
    emulator.settle()
    (kept,) = emulator.control("GET", f"/_emulator/invocations?target={cluster}")["invocations"]
    assert (cluster, '{"a":1}', False) == (kept["target"], kept["payload"], kept["is_executed"])
    (span,) = emulator.control("GET", "/_emulator/traces?kind=attempt")["spans"]
    assert "not_executed" == span["status"]
