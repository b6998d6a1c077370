import pytest

from emulator.control.api import ROUTES

EPOCH = 1_800_000_000.0
ENTRY = {"Source": "shop", "DetailType": "t", "Detail": "{}"}


def test_the_clock_can_be_frozen_moved_and_released(start_emulator):
    emulator = start_emulator()
    assert "system" == emulator.control("GET", "/_emulator/clock")["mode"]

    frozen = emulator.control("POST", "/_emulator/clock", action="freeze", at=2_000_000_000)
    assert ("virtual", 2_000_000_000) == (frozen["mode"], frozen["now"])
    assert 2_000_000_060 == emulator.advance(60)["now"]
    assert "system" == emulator.control("POST", "/_emulator/clock", action="system")["mode"]


def test_the_clock_moves_to_the_next_deadline(emulator, events):
    events.put_rule(Name="hourly", ScheduleExpression="rate(1 hour)")
    moved = emulator.control("POST", "/_emulator/clock", action="next")
    assert (EPOCH + 3600, 1) == (moved["now"], moved["deadlines"])


def test_running_until_idle_stops_at_its_bound_when_a_schedule_never_ends(emulator, events):
    events.put_rule(Name="hourly", ScheduleExpression="rate(1 hour)")
    moved = emulator.control("POST", "/_emulator/clock", action="run", deadlines_max=5)
    assert (5, False, EPOCH + 5 * 3600) == (moved["deadlines"], moved["complete"], moved["now"])


@pytest.mark.parametrize(
    "arguments",
    [{}, {"action": "jump"}, {"action": "advance"}, {"action": "advance", "seconds": -1}, {"action": "advance", "seconds": "x"},
     {"action": "freeze", "at": "soon"}, {"action": "advance", "seconds": 1e999}],
)  # fmt: skip
def test_a_clock_call_that_makes_no_sense_is_refused_and_moves_nothing(emulator, arguments):
    assert 400 == emulator.refusal("POST", "/_emulator/clock", **{"x": 0, **arguments})[0]
    assert EPOCH == emulator.control("GET", "/_emulator/clock")["now"]


def test_settle_tells_what_it_waited_for(emulator, events, sqs):
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="r", EventPattern='{"source": ["shop"]}')
    events.put_targets(Rule="r", Targets=[{"Id": "q", "Arn": arn}])
    events.put_events(Entries=[ENTRY])

    answer = emulator.settle()

    assert answer["settled"]
    assert {} == answer["in_flight"]
    assert {"timers"} <= set(answer["waited_for"])


def test_reset_forgets_everything(emulator, events, sqs):
    sqs.create_queue(QueueName="q")
    events.create_event_bus(Name="shop")
    events.put_rule(Name="hourly", ScheduleExpression="rate(1 hour)")

    emulator.control("POST", "/_emulator/reset")

    assert "QueueUrls" not in sqs.list_queues()
    assert ["default"] == [bus["Name"] for bus in events.list_event_buses()["EventBuses"]]
    assert 0 == emulator.control("GET", "/_emulator/health")["timers"]
    assert [] == emulator.control("GET", "/_emulator/traces?kind=match")["spans"]


def test_reset_of_one_account_leaves_the_others(emulator, sqs):
    other = emulator.client("sqs", access_key="111122223333")
    sqs.create_queue(QueueName="q")
    other.create_queue(QueueName="q")

    emulator.control("POST", "/_emulator/reset", account="111122223333")

    assert "QueueUrls" not in other.list_queues()
    assert 1 == len(sqs.list_queues()["QueueUrls"])


def test_reset_drops_deliveries_that_wait_for_a_retry(emulator, events):
    arn = "arn:aws:sqs:us-east-1:000000000000:q"
    emulator.control("POST", "/_emulator/faults", target=arn, remaining=5)
    events.put_rule(Name="r", EventPattern='{"source": ["shop"]}')
    events.put_targets(Rule="r", Targets=[{"Id": "q", "Arn": arn}])
    events.put_events(Entries=[ENTRY])
    emulator.settle()
    assert 1 == emulator.control("GET", "/_emulator/health")["deliveries"]["waiting"]

    emulator.control("POST", "/_emulator/reset")

    health = emulator.control("GET", "/_emulator/health")
    assert (0, 0) == (health["deliveries"]["waiting"], health["timers"])
    assert [] == emulator.control("GET", "/_emulator/faults")["faults"]


def test_tools_that_look_for_localstack_find_what_they_ask_for(emulator):
    health = emulator.control("GET", "/_localstack/health")
    assert {"events", "sqs", "logs", "kinesis", "firehose"} == set(health["services"])
    assert {"running"} == set(health["services"].values())
    assert {"edition", "version"} <= set(health)
    assert {} == emulator.control("HEAD", "/_localstack/health")
    assert "version" in emulator.control("GET", "/_localstack/info")
    assert {"reset": "all"} == emulator.control("POST", "/_localstack/state/reset")


def test_an_unknown_endpoint_names_those_that_exist(emulator):
    status, message = emulator.refusal("GET", "/_emulator/nothing")
    assert 404 == status
    assert all(path in message for _, path in ROUTES)


def test_a_fault_without_a_target_is_refused(emulator):
    assert 400 == emulator.refusal("POST", "/_emulator/faults", remaining=1)[0]
