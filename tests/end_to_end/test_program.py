"""server.py as a process: its promises to the shell, and what survives its sudden end."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENTRY = {"Source": "shop", "DetailType": "t", "Detail": "{}"}


class Program:
    def __init__(self, *options, **environ):
        self.process = subprocess.Popen(
            [sys.executable, "server.py", "--port", "0", *map(str, options)],
            cwd=ROOT,
            env={**os.environ, **environ},
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = int(self.process.stdout.readline().rpartition(":")[2])
        assert "Ready.\n" == self.process.stdout.readline()

    def call(self, target, **params):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("POST", "/", json.dumps(params), {"X-Amz-Target": target})
        response = connection.getresponse()
        body = response.read()
        connection.close()
        assert 200 == response.status, body
        return json.loads(body or b"{}")

    def control(self, path, **params):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("POST", path, json.dumps(params))
        document = json.loads(connection.getresponse().read())
        connection.close()
        return document

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        status = self.process.wait(timeout=10)
        self.process.stdout.close()
        return status


@pytest.fixture
def start():
    programs = []

    def run(*options, **environ):
        programs.append(Program(*options, **environ))
        return programs[-1]

    yield run
    for program in programs:
        if program.process.poll() is None:
            program.end(signal.SIGKILL)


def all_bodies(program, queue):
    bodies = []
    while messages := program.call("AmazonSQS.ReceiveMessage", QueueUrl=queue, MaxNumberOfMessages=10).get(
        "Messages"
    ):
        bodies += [message["Body"] for message in messages]
    return bodies


def test_sigterm_ends_it_with_status_0_within_two_seconds(start):
    program = start()
    started = time.monotonic()
    assert 0 == program.end()
    assert time.monotonic() - started < 2


def test_sigterm_ends_it_while_a_receiver_waits(start):
    program = start()
    program.call("AmazonSQS.CreateQueue", QueueName="q")
    waiting = http.client.HTTPConnection("127.0.0.1", program.port, timeout=10)
    body = json.dumps({"QueueUrl": "/000000000000/q", "WaitTimeSeconds": 20})
    waiting.request("POST", "/", body, {"X-Amz-Target": "AmazonSQS.ReceiveMessage"})
    program.call("AmazonSQS.ListQueues")
    started = time.monotonic()
    assert 0 == program.end()
    assert time.monotonic() - started < 2
    waiting.close()


def test_a_port_in_use_is_one_clear_line_and_status_1():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "server.py", "--port", str(port)]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    assert 1 == ended.returncode
    assert f"busyard: cannot listen on 127.0.0.1:{port}: the port is in use\n" == ended.stderr


def test_a_data_directory_in_use_is_one_clear_line_and_status_1(start, tmp_path):
    start("--data-dir", tmp_path)
    command = [sys.executable, "server.py", "--port", "0", "--data-dir", str(tmp_path)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    assert 1 == ended.returncode
    assert ended.stderr.startswith(f"busyard: cannot open {tmp_path / 'busyard.sqlite'}: ")
    assert 1 == ended.stderr.count("\n")


@pytest.mark.parametrize(
    "options",
    [["--account", "12"], ["--port", "x"], ["--port", "70000"], ["--log-level", "loud"], ["--nothing"]],
)
def test_a_wrong_option_is_status_2(options):
    command = [sys.executable, "server.py", *options]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    assert 2 == ended.returncode
    assert "usage: busyard" in ended.stderr


@pytest.mark.parametrize("variable", ["BUSYARD_LOG_LEVEL", "BUSYARD_CORS", "BUSYARD_PORT", "BUSYARD_SEED"])
def test_a_wrong_environment_value_is_status_2(variable):
    environ = {**os.environ, variable: "wrong"}
    ended = subprocess.run(
        [sys.executable, "server.py"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert 2 == ended.returncode
    assert "wrong" in ended.stderr


def test_options_come_from_the_environment_too(start):
    program = start(BUSYARD_ACCOUNT="111122223333", BUSYARD_REGION="eu-west-1")
    url = program.call("AmazonSQS.CreateQueue", QueueName="q")["QueueUrl"]
    assert url.endswith("/111122223333/q")
    arn = program.call("AmazonSQS.GetQueueAttributes", QueueUrl=url, AttributeNames=["QueueArn"])[
        "Attributes"
    ]["QueueArn"]
    assert "arn:aws:sqs:eu-west-1:111122223333:q" == arn


def test_what_was_acknowledged_survives_kill_9(start, tmp_path):
    program = start("--data-dir", tmp_path)
    queue = program.call("AmazonSQS.CreateQueue", QueueName="q")["QueueUrl"]
    arn = "arn:aws:sqs:us-east-1:000000000000:q"
    program.call("AWSEvents.PutRule", Name="r", EventPattern='{"source": ["shop"]}')
    program.call("AWSEvents.PutTargets", Rule="r", Targets=[{"Id": "q", "Arn": arn}])
    sent = [f"message {number}" for number in range(25)]
    for body in sent:
        program.call("AmazonSQS.SendMessage", QueueUrl=queue, MessageBody=body)
    ids = [program.call("AWSEvents.PutEvents", Entries=[ENTRY])["Entries"][0]["EventId"] for _ in range(25)]
    program.end(signal.SIGKILL)

    restarted = start("--data-dir", tmp_path)
    restarted.control("/_emulator/settle")
    bodies = all_bodies(restarted, queue)

    assert sent == [body for body in bodies if body in sent]
    assert sorted(ids) == sorted(json.loads(body)["id"] for body in bodies if body not in sent)


def test_a_delivery_that_waits_for_its_retry_survives_kill_9(start, tmp_path):
    program = start("--data-dir", tmp_path)
    queue = program.call("AmazonSQS.CreateQueue", QueueName="q")["QueueUrl"]
    arn = "arn:aws:sqs:us-east-1:000000000000:q"
    program.call("AWSEvents.PutRule", Name="r", EventPattern='{"source": ["shop"]}')
    program.call("AWSEvents.PutTargets", Rule="r", Targets=[{"Id": "q", "Arn": arn}])
    program.control("/_emulator/clock", action="freeze")
    program.control("/_emulator/faults", target=arn, remaining=1)
    program.call("AWSEvents.PutEvents", Entries=[ENTRY])
    program.control("/_emulator/settle")
    assert [] == all_bodies(program, queue)
    program.end(signal.SIGKILL)

    restarted = start("--data-dir", tmp_path)
    restarted.control("/_emulator/clock", action="advance", seconds=3600)

    assert ["shop"] == [json.loads(body)["source"] for body in all_bodies(restarted, queue)]


def test_in_flight_and_delayed_messages_keep_their_times_over_a_restart(start, tmp_path):
    program = start("--data-dir", tmp_path)
    queue = program.call("AmazonSQS.CreateQueue", QueueName="q")["QueueUrl"]
    program.control("/_emulator/clock", action="freeze")
    program.call("AmazonSQS.SendMessage", QueueUrl=queue, MessageBody="held")
    program.call("AmazonSQS.ReceiveMessage", QueueUrl=queue, VisibilityTimeout=3600)
    program.call("AmazonSQS.SendMessage", QueueUrl=queue, MessageBody="delayed", DelaySeconds=900)
    assert 0 == program.end()

    restarted = start("--data-dir", tmp_path)
    restarted.control("/_emulator/clock", action="freeze")
    assert [] == all_bodies(restarted, queue)
    restarted.control("/_emulator/clock", action="advance", seconds=910)
    assert ["delayed"] == all_bodies(restarted, queue)
    restarted.control("/_emulator/clock", action="advance", seconds=3600)
    assert {"held", "delayed"} == set(all_bodies(restarted, queue))


def test_a_schedule_goes_on_after_a_restart(start, tmp_path):
    program = start("--data-dir", tmp_path)
    queue = program.call("AmazonSQS.CreateQueue", QueueName="q")["QueueUrl"]
    program.call("AWSEvents.PutRule", Name="r", ScheduleExpression="rate(1 hour)")
    program.call(
        "AWSEvents.PutTargets", Rule="r", Targets=[{"Id": "q", "Arn": "arn:aws:sqs:us-east-1:000000000000:q"}]
    )
    program.end(signal.SIGKILL)

    restarted = start("--data-dir", tmp_path)
    restarted.control("/_emulator/clock", action="advance", seconds=7200)

    assert ["Scheduled Event"] * 2 == [
        json.loads(body)["detail-type"] for body in all_bodies(restarted, queue)
    ]
