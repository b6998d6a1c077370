import hashlib
import http.client
import json
import socket
import threading
import urllib.error
import urllib.parse
import urllib.request

import pytest
from botocore.exceptions import ClientError

from emulator.services.sqs.live_queue import LiveQueue

ACCOUNT = "000000000000"


@pytest.fixture
def queue(sqs):
    return sqs.create_queue(QueueName="orders")["QueueUrl"]


def error_of(call, **params):
    with pytest.raises(ClientError) as caught:
        call(**params)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def receive(sqs, queue, **params):
    return sqs.receive_message(QueueUrl=queue, **{"MaxNumberOfMessages": 10, **params}).get("Messages", [])


def bodies(sqs, queue, **params):
    return [message["Body"] for message in receive(sqs, queue, **params)]


def attributes_of(sqs, queue, *names):
    return sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=list(names) or ["All"])["Attributes"]


class TestQueues:
    def test_a_url_is_on_the_host_that_the_caller_used(self, emulator, queue, sqs):
        assert f"{emulator.url}/{ACCOUNT}/orders" == queue
        assert queue == sqs.get_queue_url(QueueName="orders")["QueueUrl"]

    def test_creating_it_again_with_the_same_attributes_returns_it(self, sqs, queue):
        assert (
            queue == sqs.create_queue(QueueName="orders", Attributes={"VisibilityTimeout": "30"})["QueueUrl"]
        )

    def test_creating_it_again_with_others_is_refused(self, sqs, queue):
        code, message = error_of(sqs.create_queue, QueueName="orders", Attributes={"VisibilityTimeout": "31"})
        assert "QueueAlreadyExists" == code
        assert (
            "A queue already exists with the same name and a different value for attribute VisibilityTimeout"
            == message
        )
        assert "30" == attributes_of(sqs, queue)["VisibilityTimeout"]

    def test_queues_are_listed_by_prefix_in_pages(self, sqs):
        for name in ("b2", "a1", "b1"):
            sqs.create_queue(QueueName=name)
        names = [url.rpartition("/")[2] for url in sqs.list_queues()["QueueUrls"]]
        assert ["a1", "b1", "b2"] == names
        page = sqs.list_queues(QueueNamePrefix="b", MaxResults=1)
        assert 1 == len(page["QueueUrls"])
        rest = sqs.list_queues(QueueNamePrefix="b", MaxResults=1, NextToken=page["NextToken"])
        assert rest["QueueUrls"][0].endswith("/b2")
        assert "NextToken" not in rest

    def test_a_deleted_queue_is_gone_and_a_new_one_of_its_name_is_empty(self, sqs, queue):
        sqs.send_message(QueueUrl=queue, MessageBody="x")
        sqs.delete_queue(QueueUrl=queue)
        assert "AWS.SimpleQueueService.NonExistentQueue" == error_of(sqs.receive_message, QueueUrl=queue)[0]
        assert "AWS.SimpleQueueService.NonExistentQueue" == error_of(sqs.get_queue_url, QueueName="orders")[0]
        sqs.create_queue(QueueName="orders")
        assert [] == bodies(sqs, queue)

    def test_purging_deletes_every_message(self, sqs, queue):
        sqs.send_message(QueueUrl=queue, MessageBody="x")
        sqs.send_message(QueueUrl=queue, MessageBody="y", DelaySeconds=5)
        sqs.purge_queue(QueueUrl=queue)
        found = attributes_of(sqs, queue)
        assert ("0", "0") == (
            found["ApproximateNumberOfMessages"],
            found["ApproximateNumberOfMessagesDelayed"],
        )

    def test_attributes_are_set_echoed_and_removed(self, sqs, queue):
        policy = '{"Version": "2012-10-17", "Statement": []}'
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"DelaySeconds": "7", "Policy": policy})
        assert {"DelaySeconds": "7", "Policy": policy} == attributes_of(sqs, queue, "DelaySeconds", "Policy")
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": ""})
        assert "Policy" not in attributes_of(sqs, queue)

    @pytest.mark.parametrize(
        ("name", "value", "code"),
        [
            ("Nothing", "1", "InvalidAttributeName"),
            ("QueueArn", "x", "InvalidAttributeName"),
            ("DelaySeconds", "901", "InvalidAttributeValue"),
            ("VisibilityTimeout", "-1", "InvalidAttributeValue"),
            ("RedrivePolicy", "{}", "InvalidAttributeValue"),
            ("Policy", "not json", "InvalidAttributeValue"),
        ],
    )
    def test_a_wrong_attribute_is_refused_and_nothing_is_set(self, sqs, queue, name, value, code):
        before = attributes_of(sqs, queue)
        attributes = {"ReceiveMessageWaitTimeSeconds": "3", name: value}
        assert code == error_of(sqs.set_queue_attributes, QueueUrl=queue, Attributes=attributes)[0]
        assert before == attributes_of(sqs, queue)

    def test_fifo_queues_are_refused_visibly(self, sqs):
        with pytest.raises(ClientError) as caught:
            sqs.create_queue(QueueName="q.fifo", Attributes={"FifoQueue": "true"})
        assert 501 == caught.value.response["ResponseMetadata"]["HTTPStatusCode"]

    @pytest.mark.parametrize("name", ["", "a b", "x" * 81, "q.fifo"])
    def test_a_wrong_name_is_refused(self, sqs, name):
        assert "InvalidParameterValue" == error_of(sqs.create_queue, QueueName=name)[0]

    def test_tags_are_added_and_removed(self, sqs, queue):
        sqs.tag_queue(QueueUrl=queue, Tags={"a": "1", "b": "2"})
        sqs.untag_queue(QueueUrl=queue, TagKeys=["a", "absent"])
        assert {"b": "2"} == sqs.list_queue_tags(QueueUrl=queue)["Tags"]

    def test_every_usual_form_of_a_url_is_accepted(self, sqs, queue):
        forms = [
            f"http://sqs.us-east-1.localhost.localstack.cloud:4566/{ACCOUNT}/orders",
            f"http://us-east-1.queue.localhost.localstack.cloud:4566/{ACCOUNT}/orders",
            f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/orders",
            f"http://localhost:4566/queue/us-east-1/{ACCOUNT}/orders",
            f"/{ACCOUNT}/orders",
            "orders",
        ]
        for url in forms:
            sqs.send_message(QueueUrl=url, MessageBody=url)
        assert forms == bodies(sqs, queue)

    def test_a_url_names_account_and_region(self, emulator, sqs, queue):
        other = emulator.client("sqs", access_key="111122223333", region="eu-west-1")
        other.send_message(QueueUrl=f"{emulator.url}/queue/us-east-1/{ACCOUNT}/orders", MessageBody="x")
        assert ["x"] == bodies(sqs, queue)
        assert "AWS.SimpleQueueService.NonExistentQueue" == error_of(other.receive_message, QueueUrl=queue)[0]


class TestMessages:
    def test_a_message_comes_back_with_its_digests_and_attributes(self, sqs, queue):
        attributes = {
            "text": {"DataType": "String", "StringValue": "é"},
            "count": {"DataType": "Number.int", "StringValue": "3"},
            "blob": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
        }
        sent = sqs.send_message(QueueUrl=queue, MessageBody="hello", MessageAttributes=attributes)
        [message] = receive(sqs, queue, MessageAttributeNames=["All"], MessageSystemAttributeNames=["All"])
        assert sent["MessageId"] == message["MessageId"]
        assert hashlib.md5(b"hello").hexdigest() == message["MD5OfBody"] == sent["MD5OfMessageBody"]
        assert attributes == message["MessageAttributes"]
        assert sent["MD5OfMessageAttributes"] == message["MD5OfMessageAttributes"]
        system = message["Attributes"]
        assert ("1", "1800000000000", ACCOUNT) == (
            system["ApproximateReceiveCount"],
            system["SentTimestamp"],
            system["SenderId"],
        )

    def test_attributes_are_chosen_by_name_and_prefix(self, sqs, queue):
        values = {name: {"DataType": "String", "StringValue": name} for name in ("a.x", "a.y", "b", "c")}
        sqs.send_message(QueueUrl=queue, MessageBody="m", MessageAttributes=values)
        [message] = receive(sqs, queue, MessageAttributeNames=["a.*", "b"])
        assert {"a.x", "a.y", "b"} == set(message["MessageAttributes"])

    def test_a_received_message_is_hidden_until_its_timeout(self, emulator, sqs, queue):
        sqs.send_message(QueueUrl=queue, MessageBody="x")
        assert ["x"] == bodies(sqs, queue, VisibilityTimeout=60)
        emulator.advance(59)
        assert [] == bodies(sqs, queue)
        assert "1" == attributes_of(sqs, queue)["ApproximateNumberOfMessagesNotVisible"]
        emulator.advance(1)
        [message] = receive(sqs, queue, AttributeNames=["ApproximateReceiveCount"])
        assert {"ApproximateReceiveCount": "2"} == message["Attributes"]

    def test_a_delayed_message_comes_later(self, emulator, sqs, queue):
        sqs.send_message(QueueUrl=queue, MessageBody="x", DelaySeconds=900)
        assert [] == bodies(sqs, queue)
        emulator.advance(900)
        assert ["x"] == bodies(sqs, queue)

    def test_visibility_can_be_extended_and_ended(self, emulator, sqs, queue):
        sqs.send_message(QueueUrl=queue, MessageBody="x")
        [message] = receive(sqs, queue, VisibilityTimeout=10)
        handle = {"QueueUrl": queue, "ReceiptHandle": message["ReceiptHandle"]}
        sqs.change_message_visibility(**handle, VisibilityTimeout=100)
        emulator.advance(50)
        assert [] == bodies(sqs, queue)
        sqs.change_message_visibility(**handle, VisibilityTimeout=0)
        assert ["x"] == bodies(sqs, queue)

    def test_a_deleted_message_does_not_come_back(self, emulator, sqs, queue):
        sqs.send_message(QueueUrl=queue, MessageBody="x")
        [message] = receive(sqs, queue)
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        emulator.advance(60)
        assert [] == bodies(sqs, queue)

    def test_a_handle_of_an_older_receive_does_nothing(self, emulator, sqs, queue):
        sqs.send_message(QueueUrl=queue, MessageBody="x")
        [first] = receive(sqs, queue)
        emulator.advance(30)
        receive(sqs, queue)
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=first["ReceiptHandle"])
        emulator.advance(30)
        assert ["x"] == bodies(sqs, queue)

    def test_a_handle_that_is_none_is_refused(self, sqs, queue):
        expected = (
            "ReceiptHandleIsInvalid",
            'The input receipt handle "junk" is not a valid receipt handle.',
        )
        assert expected == error_of(sqs.delete_message, QueueUrl=queue, ReceiptHandle="junk")

    def test_messages_expire(self, emulator, sqs):
        queue = sqs.create_queue(QueueName="short", Attributes={"MessageRetentionPeriod": "60"})["QueueUrl"]
        sqs.send_message(QueueUrl=queue, MessageBody="old")
        emulator.advance(59)
        sqs.send_message(QueueUrl=queue, MessageBody="new")
        emulator.advance(1)
        assert ["new"] == bodies(sqs, queue)

    def test_a_message_received_too_often_goes_to_the_dead_letter_queue(self, emulator, sqs, queue):
        dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
        policy = {"deadLetterTargetArn": attributes_of(sqs, dead)["QueueArn"], "maxReceiveCount": 2}
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"RedrivePolicy": json.dumps(policy)})
        sent = sqs.send_message(QueueUrl=queue, MessageBody="x")
        for _ in range(2):
            assert ["x"] == bodies(sqs, queue)
            emulator.advance(30)
        assert [] == bodies(sqs, queue)
        [message] = receive(sqs, dead, MessageSystemAttributeNames=["All"])
        assert sent["MessageId"] == message["MessageId"]
        assert attributes_of(sqs, queue)["QueueArn"] == message["Attributes"]["DeadLetterQueueSourceArn"]

    def test_without_its_dead_letter_queue_a_message_stays(self, emulator, sqs, queue):
        policy = {"deadLetterTargetArn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:gone", "maxReceiveCount": 1}
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"RedrivePolicy": json.dumps(policy)})
        sqs.send_message(QueueUrl=queue, MessageBody="x")
        for _ in range(3):
            assert ["x"] == bodies(sqs, queue)
            emulator.advance(30)

    @pytest.mark.parametrize(
        ("params", "code"),
        [
            ({"MessageBody": "x", "DelaySeconds": 901}, "InvalidParameterValue"),
            ({"MessageBody": "x" * 1_048_577}, "InvalidParameterValue"),
            ({"MessageBody": "\x00"}, "InvalidMessageContents"),
            ({"MessageBody": ""}, "MissingParameter"),
            ({"MessageBody": "x", "MessageAttributes": {"a": {"DataType": "Odd", "StringValue": "x"}}}, "InvalidParameterValue"),
            ({"MessageBody": "x", "MessageAttributes": {"AWS.a": {"DataType": "String", "StringValue": "x"}}}, "InvalidParameterValue"),
            ({"MessageBody": "x", "MessageAttributes": {"a": {"DataType": "String", "StringValue": ""}}}, "InvalidParameterValue"),
        ],
    )  # fmt: skip
    def test_a_wrong_message_is_refused(self, sqs, queue, params, code):
        assert code == error_of(sqs.send_message, QueueUrl=queue, **params)[0]
        assert "0" == attributes_of(sqs, queue)["ApproximateNumberOfMessages"]

    @pytest.mark.parametrize(
        ("name", "value"),
        [("MaxNumberOfMessages", 11), ("WaitTimeSeconds", 21), ("VisibilityTimeout", 43_201)],
    )
    def test_a_wrong_receive_is_refused(self, sqs, queue, name, value):
        code, message = error_of(sqs.receive_message, QueueUrl=queue, **{name: value})
        assert "InvalidParameterValue" == code
        assert message.startswith(f"Value {value} for parameter {name} is invalid. Reason: ")


class TestBatches:
    def test_entries_succeed_and_fail_by_themselves(self, sqs, queue):
        entries = [
            {"Id": "good", "MessageBody": "x"},
            {"Id": "late", "MessageBody": "x", "DelaySeconds": 1000},
        ]
        answer = sqs.send_message_batch(QueueUrl=queue, Entries=entries)
        assert ["good"] == [entry["Id"] for entry in answer["Successful"]]
        [failed] = answer["Failed"]
        assert ("late", True, "InvalidParameterValue") == (
            failed["Id"],
            failed["SenderFault"],
            failed["Code"],
        )

    def test_visibility_and_deletion_come_in_batches_too(self, sqs, queue):
        sqs.send_message_batch(
            QueueUrl=queue, Entries=[{"Id": str(n), "MessageBody": str(n)} for n in range(3)]
        )
        handles = [message["ReceiptHandle"] for message in receive(sqs, queue)]
        entries = [{"Id": str(n), "ReceiptHandle": handle} for n, handle in enumerate(handles)]
        shown = sqs.change_message_visibility_batch(
            QueueUrl=queue, Entries=[{**entry, "VisibilityTimeout": 0} for entry in entries]
        )
        assert 3 == len(shown["Successful"])
        assert ["0", "1", "2"] == bodies(sqs, queue, VisibilityTimeout=0)
        handles = [message["ReceiptHandle"] for message in receive(sqs, queue)]
        entries = [{"Id": str(n), "ReceiptHandle": handle} for n, handle in enumerate([*handles, "junk"])]
        answer = sqs.delete_message_batch(QueueUrl=queue, Entries=entries)
        assert (3, 1) == (len(answer["Successful"]), len(answer["Failed"]))
        assert "0" == attributes_of(sqs, queue)["ApproximateNumberOfMessagesNotVisible"]

    @pytest.mark.parametrize(
        ("entries", "code"),
        [
            ([], "AWS.SimpleQueueService.EmptyBatchRequest"),
            ([{"Id": str(n), "MessageBody": "x"} for n in range(11)], "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"),
            ([{"Id": "a", "MessageBody": "x"}] * 2, "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"),
            ([{"Id": "a b", "MessageBody": "x"}], "AWS.SimpleQueueService.InvalidBatchEntryId"),
            ([{"Id": str(n), "MessageBody": "x" * 600_000} for n in range(2)], "AWS.SimpleQueueService.BatchRequestTooLong"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )  # fmt: skip
    def test_a_wrong_batch_is_refused_whole(self, sqs, queue, entries, code):
        assert code == error_of(sqs.send_message_batch, QueueUrl=queue, Entries=entries)[0]
        assert "0" == attributes_of(sqs, queue)["ApproximateNumberOfMessages"]


class LongPoll(threading.Thread):
    """A receiver on a connection of its own."""

    def __init__(self, sqs, queue, seconds):
        super().__init__()
        self._receive = lambda: bodies(sqs, queue, WaitTimeSeconds=seconds)
        self.found = None
        self.start()

    def run(self):
        self.found = self._receive()

    def result(self):
        self.join(timeout=15)
        return self.found


def wait_for_waiters(emulator, count):
    """Return once `count` receivers wait, as the emulator itself tells after each request it has served."""

    def waiting():
        derived = emulator.emulator.kernel.store._derived
        return sum(len(item._waiters) for (kind, *_), item in derived.items() if kind is LiveQueue)

    deadline = threading.Event()
    for _ in range(1000):
        if waiting() == count:
            return
        deadline.wait(0.005)
    raise AssertionError("nobody waits")


class TestLongPolls:
    def test_a_send_wakes_a_receiver_that_waits(self, emulator, sqs, queue):
        poll = LongPoll(emulator.client("sqs"), queue, 10)
        wait_for_waiters(emulator, 1)
        sqs.send_message(QueueUrl=queue, MessageBody="x")
        assert ["x"] == poll.result()

    def test_each_message_wakes_one_receiver(self, emulator, sqs, queue):
        polls = [LongPoll(emulator.client("sqs"), queue, 10) for _ in range(3)]
        wait_for_waiters(emulator, 3)
        entries = [{"Id": str(n), "MessageBody": str(n)} for n in range(3)]
        for entry in entries:
            sqs.send_message(QueueUrl=queue, MessageBody=entry["MessageBody"])
        assert ["0", "1", "2"] == sorted(body for poll in polls for body in poll.result())

    def test_a_delayed_message_wakes_a_receiver_when_the_clock_gets_there(self, emulator, sqs, queue):
        poll = LongPoll(emulator.client("sqs"), queue, 10)
        wait_for_waiters(emulator, 1)
        sqs.send_message(QueueUrl=queue, MessageBody="x", DelaySeconds=600)
        emulator.advance(600)
        assert ["x"] == poll.result()

    def test_a_frozen_clock_does_not_hang_a_receiver(self, sqs, queue):
        assert [] == bodies(sqs, queue, WaitTimeSeconds=1)

    def test_a_receiver_is_told_when_its_queue_is_deleted(self, emulator, sqs, queue):
        caught = []

        def receive_until_deleted():
            client = emulator.client("sqs")
            caught.append(error_of(client.receive_message, QueueUrl=queue, WaitTimeSeconds=10)[0])

        thread = threading.Thread(target=receive_until_deleted)
        thread.start()
        wait_for_waiters(emulator, 1)
        sqs.delete_queue(QueueUrl=queue)
        thread.join(timeout=15)
        assert ["AWS.SimpleQueueService.NonExistentQueue"] == caught

    def test_a_receiver_that_goes_away_swallows_no_message(self, emulator, sqs, queue):
        body = json.dumps({"QueueUrl": queue, "WaitTimeSeconds": 20}).encode()
        with socket.create_connection(("127.0.0.1", emulator.emulator.port)) as connection:
            connection.sendall(
                b"POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: AmazonSQS.ReceiveMessage\r\n"
                + f"Content-Length: {len(body)}\r\n\r\n".encode()
                + body
            )
            wait_for_waiters(emulator, 1)
        wait_for_waiters(emulator, 0)
        sqs.send_message(QueueUrl=queue, MessageBody="x")
        assert ["x"] == bodies(sqs, queue)


class TestTheQueryProtocol:
    @pytest.fixture
    def query(self, emulator):
        def call(path="/", **params):
            data = urllib.parse.urlencode({"Version": "2012-11-05", **params}).encode()
            request = urllib.request.Request(emulator.url + path, data=data)
            try:
                with urllib.request.urlopen(request, timeout=10) as response:
                    return response.status, response.read().decode()
            except urllib.error.HTTPError as error:
                with error:
                    return error.code, error.read().decode()

        return call

    def test_a_message_goes_there_and_back(self, query, sqs):
        assert 200 == query(Action="CreateQueue", QueueName="old")[0]
        path = f"/{ACCOUNT}/old"
        status, sent = query(path, Action="SendMessage", MessageBody="<hi>")
        assert 200 == status
        assert hashlib.md5(b"<hi>").hexdigest() in sent
        status, received = query(path, Action="ReceiveMessage", **{"AttributeName.1": "All"})
        assert "<Body>&lt;hi&gt;</Body>" in received
        assert "<Name>ApproximateReceiveCount</Name><Value>1</Value>" in received
        assert "1" == attributes_of(sqs, path)["ApproximateNumberOfMessagesNotVisible"]

    def test_a_missing_queue_is_an_error_document(self, query):
        status, body = query(Action="GetQueueUrl", QueueName="gone")
        assert 400 == status
        assert "<Code>AWS.SimpleQueueService.NonExistentQueue</Code>" in body

    def test_a_json_client_is_told_the_old_code_in_a_header(self, emulator):
        connection = http.client.HTTPConnection("127.0.0.1", emulator.emulator.port, timeout=10)
        connection.request("POST", "/", '{"QueueName": "gone"}', {"X-Amz-Target": "AmazonSQS.GetQueueUrl"})
        response = connection.getresponse()
        assert "AWS.SimpleQueueService.NonExistentQueue;Sender" == response.headers["x-amzn-query-error"]
        assert "com.amazonaws.sqs#QueueDoesNotExist" == json.loads(response.read())["__type"]
        connection.close()
