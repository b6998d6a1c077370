"""Generated rules and events, shaped like EventBridge's, for the benchmarks of `rules/`.

A shop's domains put events of some types on one bus. A rule names a source and a detail-type and asks for one to three
fields of the detail, with every kind of operator. Every event is new: ids, amounts, names and addresses are drawn afresh.
"""

import json
import random

DOMAINS = ("orders", "payments", "shipping", "stock", "customers", "returns", "catalog", "pricing")
ACTIONS = ("Placed", "Changed", "Cancelled", "Completed", "Failed", "Expired")
STATES = ("open", "held", "paid", "packed", "shipped", "closed", "refused", "lost")
COUNTRIES = ("DE", "FR", "GB", "IT", "ES", "NL", "PL", "SE", "US", "BR", "JP", "IN")
TIERS = ("bronze", "silver", "gold", "platinum")
CHANNELS = ("web", "app", "store", "phone")
SMALL, LARGE = "small", "large"
SOURCES_PER_RULES = 4  # so many rules share a source, on a bus that is not hot


def patterns(count: int, *, hot: bool, seed: int = 1) -> list[str]:
    """Return `count` event patterns; if `hot`, all with the same source and detail-type."""
    chance = random.Random(seed)
    return [json.dumps(_pattern(number, chance, hot=hot)) for number in range(count)]


def events(count: int, rules: int, size: str, *, hot: bool, seed: int = 2) -> list[bytes]:
    """Return `count` different events for a bus with that many rules."""
    chance = random.Random(seed)
    return [json.dumps(_event(chance, rules, size, hot=hot)).encode() for _ in range(count)]


def _source(number: int) -> str:
    return f"com.shop.{DOMAINS[number % len(DOMAINS)]}.{number // len(DOMAINS)}"


def _pattern(number: int, chance: random.Random, *, hot: bool) -> dict:
    detail: dict = {}
    for path, condition in chance.sample(_conditions(chance), chance.randint(1, 3)):
        *way, last = path.split(".")
        node = detail
        for name in way:
            node = node.setdefault(name, {})
        node[last] = condition
    return {
        "source": [_source(0 if hot else number // SOURCES_PER_RULES)],
        "detail-type": [f"Order{ACTIONS[0 if hot else number % len(ACTIONS)]}"],
        "detail": detail,
    }


def _conditions(chance: random.Random) -> list[tuple[str, list]]:
    amount = chance.randrange(10, 1_000)
    return [
        ("state", chance.sample(STATES, 2)),
        ("state", [{"anything-but": chance.sample(STATES, 2)}]),
        ("customer.country", [chance.choice(COUNTRIES)]),
        ("customer.country", [{"anything-but": [chance.choice(COUNTRIES)]}]),
        ("customer.tier", [{"equals-ignore-case": chance.choice(TIERS).upper()}]),
        ("customer.email", [{"suffix": f"@mail{chance.randrange(50)}.example"}]),
        ("customer.name", [{"prefix": chance.choice("ABCDEFGHIJ") + chance.choice("aeiou")}]),
        ("order.total", [{"numeric": [">", amount]}]),
        ("order.total", [{"numeric": [">=", amount, "<", amount + chance.randrange(10, 500)]}]),
        ("order.quantity", [chance.randrange(1, 30)]),
        ("order.key", [{"wildcard": f"{chance.choice(CHANNELS)}/*/{chance.randrange(100)}"}]),
        ("order.coupon", [{"exists": chance.random() < 0.5}]),
        ("address", [{"cidr": f"10.{chance.randrange(256)}.0.0/16"}]),
        ("channel", [{"prefix": chance.choice(CHANNELS)[:2]}, chance.choice(CHANNELS)]),
    ]


def _event(chance: random.Random, rules: int, size: str, *, hot: bool) -> dict:
    number = 0 if hot else chance.randrange(max(1, rules))
    name = chance.choice("ABCDEFGHIJ") + chance.choice("aeiou") + f"{chance.randrange(10**6)}"
    order = {
        "id": f"o-{chance.randrange(10**12)}",
        "total": round(chance.uniform(0, 1_500), 2),
        "quantity": chance.randrange(1, 40),
        "key": f"{chance.choice(CHANNELS)}/{chance.randrange(10**6)}/{chance.randrange(100)}",
    }
    if chance.random() < 0.5:
        order["coupon"] = f"C{chance.randrange(1000)}"
    detail = {
        "state": chance.choice(STATES),
        "channel": chance.choice(CHANNELS),
        "address": f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(256)}",
        "customer": {
            "name": name,
            "email": f"{name.lower()}@mail{chance.randrange(50)}.example",
            "country": chance.choice(COUNTRIES),
            "tier": chance.choice(TIERS),
        },
        "order": order,
    }
    if size == LARGE:
        detail["lines"] = [
            {
                "sku": f"sku-{chance.randrange(10**9)}",
                "text": "x" * 40,
                "quantity": chance.randrange(9),
                "price": round(chance.uniform(1, 90), 2),
            }
            for _ in range(40)
        ]
    return {
        "version": "0",
        "id": f"{chance.getrandbits(128):032x}",
        "detail-type": f"Order{ACTIONS[0 if hot else number % len(ACTIONS)]}",
        "source": _source(0 if hot else number // SOURCES_PER_RULES),
        "account": "123456789012",
        "time": "2026-11-23T10:00:00Z",
        "region": "eu-west-1",
        "resources": [],
        "detail": detail,
    }
