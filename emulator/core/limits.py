"""Every limit a service enforces, named with its unit. Defaults are those of a fresh AWS account."""

from emulator.core.record import Record


class Limits(Record, frozen=True):
    """Quotas and bounds; `Settings` may carry another set."""

    # EventBridge: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
    buses_per_scope_max: int = 100
    rules_per_bus_max: int = 300
    targets_per_rule_max: int = 5
    event_pattern_characters_max: int = 4096  # AWS: the service model's bound; 2,048 is the adjustable quota
    put_events_bytes_max: int = 1_048_576  # AWS: 1 MB for all entries together since January 2026
    detail_nesting_max: int = 1000
    archives_per_scope_max: int = 100  # AWS: unverified, no number is documented
    connections_per_scope_max: int = 3_000
    api_destinations_per_scope_max: int = 3_000
    outbound_seconds_max: float = 5.0  # AWS: an API destination must answer within five seconds
    endpoints_per_scope_max: int = 100
    replays_under_way_max: int = 10
    bus_policy_characters_max: int = 10_240
    bus_hops_max: int = 8  # events forwarded from bus to bus; AWS stops loops, its number is not documented

    # SQS: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
    message_bytes_max: int = 1_048_576
    message_attributes_max: int = 10
    in_flight_messages_max: int = 120_000
    tags_per_resource_max: int = 50

    # the emulator's own
    spans_max: int = 10_000
    invocations_max: int = 1_000
    outbound_answer_bytes_max: int = (
        1_048_576  # of an answer to a request that leaves the emulator, read at most
    )
    deliveries_per_turn_max: int = 64  # attempts started before the event loop serves sockets again
    deliveries_in_flight_max: int = 256  # asynchronous attempts that run side by side
    deadlines_per_run_max: int = 100_000  # deadlines one clock call may pass
