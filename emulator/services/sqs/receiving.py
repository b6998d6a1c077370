"""ReceiveMessage: short and long polling, and what a message looks like to its receiver."""

import asyncio
import base64
from collections.abc import Awaitable
from typing import Any

from emulator.core.arn import Arn, arn_in
from emulator.operations.table import Env, Params, Result
from emulator.services.sqs.digests import md5_of_attributes
from emulator.services.sqs.errors import InvalidParameterValue, OverLimit, QueueDoesNotExist
from emulator.services.sqs.live_queue import LiveQueue, live_queue, require_queue
from emulator.services.sqs.queues import ops
from emulator.services.sqs.records import Message
from emulator.services.sqs.sending import moved_to_dead_letters

WAIT_SECONDS_MAX = 20
RECEIVE_COUNT_MAX = 10
VISIBILITY_SECONDS_MAX = 43_200
RECEIPT_DIGITS = 16


@ops.operation("ReceiveMessage", waits=True)
def receive_message(env: Env, params: Params) -> Result | Awaitable[Result]:
    """Take up to ten messages; where there are none, wait for one as long as the caller or the queue says.

    The wait holds the caller's socket, so it is measured in wall time: a frozen clock must not hang a consumer.
    """
    queue = require_queue(env, params["QueueUrl"])
    _check(params)
    found = _receive(env, queue, params)
    wait_seconds = params.get("WaitTimeSeconds", queue.settings.wait_seconds)
    return found if found or not wait_seconds else _receive_later(env, queue, params, wait_seconds)


async def _receive_later(env: Env, queue: LiveQueue, params: Params, wait_seconds: float) -> Result:
    found: Result = {}
    try:
        async with asyncio.timeout(wait_seconds):
            while not found:
                await queue.wait()
                live_queue(env, queue.scope, queue.name)
                found = _receive(env, queue, params)
    except TimeoutError:
        found = _receive(env, queue, params)
    return found


def _check(params: Params) -> None:
    bounds = (
        ("MaxNumberOfMessages", 1, RECEIVE_COUNT_MAX, "Must be between 1 and 10, if provided."),
        ("WaitTimeSeconds", 0, WAIT_SECONDS_MAX, "Must be >= 0 and <= 20, if provided."),
        ("VisibilityTimeout", 0, VISIBILITY_SECONDS_MAX, "Must be between 0 and 43200, if provided."),
    )
    for name, low, high, reason in bounds:
        value = params.get(name)
        if value is not None and not low <= value <= high:
            raise InvalidParameterValue(f"Value {value} for parameter {name} is invalid. Reason: {reason}")


def _receive(env: Env, queue: LiveQueue, params: Params) -> Result:
    now = env.world.now()
    settings = queue.settings
    queue.messages.expire(now, settings.retention_seconds)
    if queue.messages.counts(now).in_flight >= env.limits.in_flight_messages_max:
        raise OverLimit("Too many messages in flight for the queue.")
    dead_letters = _dead_letter_queue(env, queue)
    taken, dead = queue.messages.receive(
        params.get("MaxNumberOfMessages", 1),
        now,
        visible_at=now + params.get("VisibilityTimeout", settings.visibility_seconds),
        receives_max=settings.receives_max if dead_letters else None,
        new_receipt=lambda: env.world.ids.hex(RECEIPT_DIGITS),
    )
    if dead_letters:
        for message in dead:
            _bury(queue, message, dead_letters, now)
    if not taken:
        return {}
    asked = frozenset(params.get("MessageSystemAttributeNames") or params.get("AttributeNames") or ())
    names = params.get("MessageAttributeNames") or ()
    return {"Messages": [_received(queue, message, asked, names) for message in taken]}


def _dead_letter_queue(env: Env, queue: LiveQueue) -> LiveQueue | None:
    """Return where messages received too often go; a queue that does not exist takes none, and they stay."""
    if queue.settings.dead_letter_arn is None:
        return None
    arn = Arn.parse(queue.settings.dead_letter_arn)
    try:
        return live_queue(env, arn.scope, arn.resource)
    except QueueDoesNotExist:
        return None


def _bury(queue: LiveQueue, message: Message, dead_letters: LiveQueue, now: float) -> None:
    source_arn = arn_in(queue.scope, "sqs", queue.name)
    dead_letters.messages.send(moved_to_dead_letters(message, dead_letters, source_arn, now), now)
    dead_letters.wake()


def receipt_handle(queue: LiveQueue, message: Message) -> str:
    """Return the text by which the receiver names this receive of `message`."""
    text = f"{message.receipt} {message.id} {arn_in(queue.scope, 'sqs', queue.name)}"
    return base64.b64encode(text.encode()).decode()


def _received(
    queue: LiveQueue, message: Message, asked: frozenset[str], attribute_names: list[str] | tuple[str, ...]
) -> Result:
    result: Result = {
        "MessageId": message.id,
        "ReceiptHandle": receipt_handle(queue, message),
        "MD5OfBody": message.body_md5,
        "Body": message.body,
    }
    if asked:
        system = _system_attributes(message)
        result["Attributes"] = (
            system if "All" in asked else {name: value for name, value in system.items() if name in asked}
        )
    if message.attributes and attribute_names:
        chosen = {name: v for name, v in message.attributes.items() if _is_chosen(name, attribute_names)}
        if chosen:
            result["MessageAttributes"] = chosen
            result["MD5OfMessageAttributes"] = md5_of_attributes(chosen)
    return result


def _system_attributes(message: Message) -> dict[str, Any]:
    attributes = {
        "SenderId": message.sender,
        "SentTimestamp": str(int(message.sent_at * 1000)),
        "ApproximateReceiveCount": str(message.receive_count),
        "ApproximateFirstReceiveTimestamp": str(int(message.first_received_at * 1000)),
    }
    if message.group:
        attributes["MessageGroupId"] = message.group
    if message.dead_letter_source:
        attributes["DeadLetterQueueSourceArn"] = message.dead_letter_source
    for name, value in message.system_attributes.items():
        attributes[name] = value["StringValue"]
    return attributes


def _is_chosen(name: str, wanted: list[str] | tuple[str, ...]) -> bool:
    """Whether a filter of MessageAttributeNames names the attribute: itself, `All`, `.*` or `prefix.*`."""
    return any(
        item in {"All", ".*", name} or (item.endswith(".*") and name.startswith(item[:-1])) for item in wanted
    )
