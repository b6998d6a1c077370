"""Amazon SQS: queues, messages, long polling."""

from emulator.operations.table import Service
from emulator.services.sqs import holding, queues, receiving, sending
from emulator.services.sqs.records import MESSAGES, QUEUES

__all__ = ["SERVICE", "holding", "queues", "receiving", "sending"]

SERVICE = Service("sqs", queues.ops, (QUEUES, MESSAGES))
