"""Model constraints: required members, lengths, ranges, patterns and enums, refused in the service's own words.

Theory of operation. A valid request is the common one, so an operation compiles to a predicate that only says yes or
no. On no, a second, slow walk over the same shapes finds what is wrong, where, and says so as the service does.
The two must agree: the walk collects from the same `constraints` the predicate is made of.
"""

from collections.abc import Callable, Iterator
from functools import reduce
from typing import Any, NamedTuple

from emulator.core.errors import AwsError, SerializationException, ValidationException
from emulator.protocol.memo import Memo
from emulator.protocol.models import OperationModel, ServiceModel, Shape
from emulator.protocol.patterns import compile_pattern
from emulator.protocol.printing import lower_first, printed

Test = Callable[[Any], object]
"""A yes-or-no question about a value; anything true is yes."""


class ValidationError(AwsError):
    """A constraint is broken; the code of the services that speak the query protocol."""


class MissingParameter(AwsError):
    """A required parameter is absent; SQS's own code."""


class InvalidParameterException(AwsError):
    """CloudWatch Logs' code for a parameter that breaks a constraint."""


class Constraint(NamedTuple):
    """One rule of a shape: the test, and what the message says the member must do."""

    test: Test
    text: str


class Violation(NamedTuple):
    """A broken constraint, and where."""

    path: str
    value: Any
    shape: Shape
    text: str


def constraints(shape: Shape) -> list[Constraint]:
    """Return the rules of a value of `shape` itself, in the order the messages have them."""
    found: list[Constraint] = []
    traits = shape.traits
    pattern = compile_pattern(traits["pattern"]) if shape.type == "string" and "pattern" in traits else None
    if pattern is not None:
        text = f"Member must satisfy regular expression pattern: {traits['pattern']}"
        found.append(Constraint(pattern, text))
    found.extend(bounds(shape))
    if "enum" in traits:
        values = frozenset(traits["enum"])
        found.append(
            Constraint(
                values.__contains__, f"Member must satisfy enum value set: [{', '.join(traits['enum'])}]"
            )
        )
    return found


def bounds(shape: Shape) -> Iterator[Constraint]:
    """Yield the rules made of `max` and `min`: of the value for numbers, of the length for the rest."""
    traits = shape.traits
    if shape.type in ("structure", "boolean", "timestamp"):
        return
    is_number = shape.type in ("integer", "long", "float", "double")
    what = "value" if is_number else "length"
    if "max" in traits:
        text = f"Member must have {what} less than or equal to {traits['max']}"
        yield Constraint(at_most(traits["max"], is_number), text)
    if "min" in traits:
        text = f"Member must have {what} greater than or equal to {traits['min']}"
        if is_number or traits["min"] > 0:
            yield Constraint(at_least(traits["min"], is_number), text)


def at_most(bound: float, is_number: bool) -> Test:
    """Return the test of an upper bound."""
    return (lambda value: value <= bound) if is_number else (lambda value: len(value) <= bound)


def at_least(bound: float, is_number: bool) -> Test:
    """Return the test of a lower bound."""
    return (lambda value: value >= bound) if is_number else (lambda value: len(value) >= bound)


def always(_value: Any) -> bool:
    """Pass whatever is not constrained."""
    return True


def own_test(shape: Shape) -> Test:
    """Return one test of all constraints of a value itself; the common combinations without a loop."""
    traits = shape.traits
    rules = constraints(shape)
    if not rules:
        return always
    if len(rules) == 2 and "max" in traits and "min" in traits:
        low, high = traits["min"], traits["max"]
        if shape.type in ("integer", "long", "float", "double"):
            return lambda value: bool(low <= value <= high)
        return lambda value: bool(low <= len(value) <= high)
    return reduce(both, (rule.test for rule in rules))


def both(first: Test, second: Test) -> Test:
    """Return the test that both hold."""
    return lambda value: first(value) and second(value)


def parts(shape: Shape) -> list[Shape]:
    """Return the shapes a value of `shape` is made of."""
    match shape.type:
        case "structure":
            return [member.shape for member in shape.members.values()]
        case "list":
            return [shape.member.shape]
        case "map":
            return [shape.key.shape, shape.value.shape]
        case _:
            return []


class Predicates:
    """Compiles shapes to yes-or-no tests."""

    def __init__(self) -> None:
        self._memo = Memo(self._compile)
        self._free: dict[Shape, bool] = {}

    def test(self, shape: Shape) -> Test:
        """Return the test of a value of `shape` and of all within it."""
        seen: set[Shape] = set()
        if not self._is_free(shape, seen):
            return self._memo(shape)
        self._free |= dict.fromkeys(seen, True)
        return always

    def _is_free(self, shape: Shape, seen: set[Shape]) -> bool:
        """Tell whether nothing in `shape` is constrained; a shape met again on the way adds nothing."""
        known = self._free.get(shape)
        if known is not None or shape in seen:
            return known is not False
        seen.add(shape)
        if (
            shape.required
            or constraints(shape)
            or not all(self._is_free(part, seen) for part in parts(shape))
        ):
            self._free[shape] = False
            return False
        return True

    def _compile(self, shape: Shape) -> Test:
        match shape.type:
            case "structure":
                return self._structure(shape)
            case "list":
                return self._list(shape)
            case "map":
                return self._map(shape)
            case _:
                return own_test(shape)

    def _structure(self, shape: Shape) -> Test:
        required = frozenset(shape.required)
        tests = [(name, self.test(member.shape)) for name, member in shape.members.items()]
        by_name = {name: test for name, test in tests if test is not always}
        find = by_name.get

        def check(value: dict[str, Any]) -> bool:
            if not required <= value.keys():
                return False
            for name, item in value.items():
                test = find(name)
                if test is not None and not test(item):
                    return False
            return True

        return check

    def _list(self, shape: Shape) -> Test:
        own, each = own_test(shape), self.test(shape.member.shape)
        if each is always:
            return own
        return lambda value: own(value) and all(map(each, value))

    def _map(self, shape: Shape) -> Test:
        own, key, each = own_test(shape), self.test(shape.key.shape), self.test(shape.value.shape)
        return lambda value: own(value) and all(map(key, value)) and all(map(each, value.values()))


def violations(shape: Shape, value: Any, path: str) -> Iterator[Violation]:
    """Yield everything that is wrong with `value`, depth first, in the model's order."""
    for rule in constraints(shape):
        if not rule.test(value):
            yield Violation(path, value, shape, rule.text)
    match shape.type:
        case "structure":
            yield from structure_violations(shape, value, path)
        case "list":
            element = shape.member.shape
            if element.type in ("structure", "list", "map"):
                for index, item in enumerate(value, 1):
                    yield from violations(element, item, f"{path}.{index}.member")
            elif not all(obeys(element, item) for item in value):
                yield Violation(
                    path, value, shape, f"Member must satisfy constraint: [{rule_texts(element)}]"
                )
        case "map":
            yield from map_violations(shape, value, path)


def structure_violations(shape: Shape, value: dict[str, Any], path: str) -> Iterator[Violation]:
    """Yield what is wrong with the members of a structure."""
    for name, member in shape.members.items():
        inner = f"{path}.{lower_first(name)}" if path else lower_first(name)
        item = value.get(name)
        if item is not None:
            yield from violations(member.shape, item, inner)
        elif name in shape.required:
            yield Violation(inner, None, member.shape, "Member must not be null")


def map_violations(shape: Shape, value: dict[str, Any], path: str) -> Iterator[Violation]:
    """Yield what is wrong with the keys and values of a map."""
    key, element = shape.key.shape, shape.value.shape
    if not all(obeys(key, item) for item in value):
        yield Violation(path, value, shape, f"Map keys must satisfy constraint: [{rule_texts(key)}]")
    if element.type in ("structure", "list", "map"):
        for name, item in value.items():
            yield from violations(element, item, f"{path}.{name}.member")
    elif not all(obeys(element, item) for item in value.values()):
        yield Violation(path, value, shape, f"Map value must satisfy constraint: [{rule_texts(element)}]")


def obeys(shape: Shape, value: Any) -> bool:
    """Tell whether a scalar keeps its own rules."""
    return all(rule.test(value) for rule in constraints(shape))


def rule_texts(shape: Shape) -> str:
    """Return all rules of an element: AWS lists them together, whichever was broken, lengths before the pattern."""
    texts = [rule.text for rule in constraints(shape)]
    return ", ".join(sorted(texts, key=lambda text: "length" not in text))


def coral(error: type[AwsError]) -> Callable[[OperationModel, dict[str, Any]], AwsError]:
    """Return the wording of AWS's common service framework, under the code of `error`."""

    def refuse(operation: OperationModel, params: dict[str, Any]) -> AwsError:
        assert operation.input is not None
        found = [coral_sentence(violation) for violation in violations(operation.input, params, "")]
        plural = "" if len(found) == 1 else "s"
        return error(f"{len(found)} validation error{plural} detected: {'; '.join(found)}")

    return refuse


def coral_sentence(violation: Violation) -> str:
    """Say one violation."""
    shape, value = violation.shape, violation.value
    # AWS: a sensitive value is left out of the sentence altogether
    if value is None:
        shown = "Value null"
    elif shape.traits.get("sensitive") or (
        shape.type == "list" and shape.member.shape.traits.get("sensitive")
    ):
        shown = "Value"
    else:
        shown = f"Value '{printed(shape, value)}'"
    return f"{shown} at '{violation.path}' failed to satisfy constraint: {violation.text}"


def sqs_refusal(operation: OperationModel, params: dict[str, Any]) -> AwsError:
    """Return SQS's refusal: the first parameter that is missing."""
    assert operation.input is not None
    return MissingParameter(
        f"The request must contain the parameter {next(missing(operation.input, params, ''))}."
    )


def missing(shape: Shape, value: dict[str, Any], path: str) -> Iterator[str]:
    """Yield the required members that are absent, as the query protocol names them."""
    for name in shape.required:
        if name not in value:
            yield path + name
    for name, member in shape.members.items():
        element = member.shape.member.shape if member.shape.type == "list" else None
        if element is not None and element.type == "structure":
            for index, item in enumerate(value.get(name, ()), 1):
                yield from missing(element, item, f"{path}{element.name}.{index}.")


def sqs_test(shape: Shape) -> Test:
    """Return the test of required parameters alone: SQS checks everything else itself, entry by entry."""
    required = frozenset(shape.required)
    batches = [
        (name, frozenset(member.shape.member.shape.required))
        for name, member in shape.members.items()
        if member.shape.type == "list" and member.shape.member.shape.required
    ]

    def check(params: dict[str, Any]) -> bool:
        if not required <= params.keys():
            return False
        return all(needed <= item.keys() for name, needed in batches for item in params.get(name, ()))

    return check if batches else lambda params: required <= params.keys()


class ValidationStyle(NamedTuple):
    """How a service validates: what makes its test of an input shape, and what it answers."""

    test: Callable[[Shape], Test]
    refusal: Callable[[OperationModel, dict[str, Any]], AwsError]


PREDICATES = Predicates()
CORAL = ValidationStyle(PREDICATES.test, coral(ValidationException))
CORAL_QUERY = ValidationStyle(PREDICATES.test, coral(ValidationError))
SQS = ValidationStyle(sqs_test, sqs_refusal)

LOGS = ValidationStyle(PREDICATES.test, coral(InvalidParameterException))

VALIDATION: dict[str, ValidationStyle] = {"sqs": SQS, "logs": LOGS}
"""Services with a style of their own; the rest have their protocol's."""

TESTS: dict[OperationModel, Test] = {}
"""What has been compiled so far."""


def style_of(service: ServiceModel) -> ValidationStyle:
    """Return how `service` validates."""
    return VALIDATION.get(service.name) or (CORAL_QUERY if "query" in service.protocols else CORAL)


def validate(operation: OperationModel, params: dict[str, Any]) -> None:
    """Check `params` against the model.

    Raises:
        AwsError: a constraint is broken; class, code and words are the service's.
    """
    test = TESTS.get(operation)
    if test is None:
        style, shape = style_of(operation.service), operation.input
        test = TESTS[operation] = always if shape is None else style.test(shape)
    try:
        if test(params):
            return
        refusal = style_of(operation.service).refusal(operation, params)
    except RecursionError:
        raise SerializationException("The request is nested too deeply") from None
    raise refusal
