"""The rules of the house that a machine can check."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from emulator.app import SERVICES
from emulator.core.errors import AwsError
from emulator.delivery.targets import TARGETS
from emulator.protocol.models import load_service

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted([*ROOT.glob("emulator/**/*.py"), *ROOT.glob("rules/**/*.py"), ROOT / "server.py"])
IDS = [str(path.relative_to(ROOT)) for path in MODULES]
LINES_MAX = 500
FUNCTION_LINES_MAX = 60
FUNCTION_LINES_EXCEPTIONS: dict[str, str] = {}
CLOCK_READERS = {"emulator/core/clock.py"}
# Operations that may hold a client's socket; a new one is a decision.
WAITING_OPERATIONS = {("sqs", "ReceiveMessage"), ("events", "InvokeApiDestination")}
INTERNAL_OPERATIONS = {
    ("events", "RouteEvent"),
    ("events", "SetEndpointHealth"),
    ("events", "InvokeApiDestination"),
    ("firehose", "ReadRecords"),
    ("logs", "WriteLogEvent"),
}
# AWS sends these codes without a shape in the service model.
CODES_WITHOUT_SHAPE = {
    "events": {
        *("ValidationException", "LoopDetected", "AccessDenied"),
        *("AuthorizationFailed", "DestinationFailed", "DestinationRefused"),
    },
    "sqs": {"InvalidParameterValue", "MissingParameter"},
    "logs": set(),
    "kinesis": set(),
    "firehose": set(),
}


def test_the_import_contracts_hold():
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
    ]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert 0 == ended.returncode, ended.stdout + ended.stderr


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_a_module_keeps_to_its_size(path):
    source = path.read_text()
    assert len(source.splitlines()) <= LINES_MAX
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            name = f"{path.relative_to(ROOT)}:{node.name}"
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= FUNCTION_LINES_MAX or name in FUNCTION_LINES_EXCEPTIONS, name


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_only_the_clock_reads_the_time(path):
    if str(path.relative_to(ROOT)) in CLOCK_READERS:
        return
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        assert "time" not in names
        assert not (isinstance(node, ast.Attribute) and node.attr in {"utcnow", "sleep"})


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_operations_are_those_of_the_service_model(service):
    known = load_service(service.name).operation_traits
    own = set(service.operations.functions) - service.operations.internal
    assert set() == own - set(known)


def test_the_operations_that_wait_and_the_internal_ones_are_known_by_name():
    waiting = {(service.name, name) for service in SERVICES for name in service.operations.waiting}
    internal = {(service.name, name) for service in SERVICES for name in service.operations.internal}
    assert WAITING_OPERATIONS == waiting
    assert INTERNAL_OPERATIONS == internal


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_error_codes_are_those_of_the_service_model(service):
    module = __import__(f"emulator.services.{service.name}.errors", fromlist=["*"])
    shapes = load_service(service.name)
    for error in vars(module).values():
        is_error = isinstance(error, type) and issubclass(error, AwsError) and error is not AwsError
        if is_error and error.code not in CODES_WITHOUT_SHAPE[service.name]:
            assert shapes.shape(error.code).traits.get("exception"), error.code


def test_table_names_are_distinct():
    names = [table.name for service in SERVICES for table in service.tables]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_each_target_type_has_a_module_of_its_name(name):
    assert (ROOT / "emulator" / "delivery" / "targets" / f"{name}.py").exists()
