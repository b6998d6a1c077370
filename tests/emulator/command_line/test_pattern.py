"""`busyard pattern`: what it prints, and the exit status that CI sees."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from emulator.command_line import pattern
from rules import matches, parse

ROOT = Path(__file__).resolve().parents[3]
BIG = {"source": ["shop"], "detail": {"total": [{"numeric": [">", 100]}]}}
GOOD_EVENT = {"source": "shop", "detail": {"total": 101}}
BAD_EVENT = {"source": "shop", "detail": {"total": 99}}


@pytest.fixture
def file(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    return write


@pytest.mark.parametrize(
    ("events", "status", "printed"),
    [
        (GOOD_EVENT, 0, "match: {pattern}\n"),
        (BAD_EVENT, 1, "no match\n"),
        (
            [GOOD_EVENT, BAD_EVENT],
            1,
            "event 1: {pattern}\nevent 2: no match\n1 of 2 events match\n  {pattern}: 1\n",
        ),
        (
            f"{json.dumps(GOOD_EVENT)}\n\n{json.dumps(GOOD_EVENT)}\n",
            0,
            "event 1: {pattern}\nevent 2: {pattern}\n2 of 2 events match\n  {pattern}: 2\n",
        ),
    ],
)
def test_test_takes_an_object_an_array_or_lines(file, capsys, events, status, printed):
    path = file("pattern.json", BIG)
    assert status == pattern.main(["test", "--pattern", path, "--event", file("events.json", events)])
    assert printed.format(pattern=path) == capsys.readouterr().out


def test_several_rules_are_told_apart_by_name(file, capsys):
    rules = file("rules.json", {"big": BIG, "any": {"source": [{"exists": True}]}})
    events = file("events.json", [GOOD_EVENT, BAD_EVENT])
    assert 0 == pattern.main(["test", "--rules", rules, "--event", events, "--json"])
    assert {
        "events": [{"matched": ["big", "any"]}, {"matched": ["any"]}],
        "rules": {"big": 1, "any": 2},
    } == json.loads(capsys.readouterr().out)


def test_explain_says_why_and_counts(file, capsys):
    arguments = ["--pattern", file("p.json", BIG), "--event", file("e.json", [BAD_EVENT, GOOD_EVENT])]
    assert 1 == pattern.main(["explain", *arguments])
    printed = capsys.readouterr().out
    assert "  - detail.total: 99 is not > 100\n" in printed
    assert "1 of 2 events match" in printed


def test_explain_in_json_holds_each_explanation_by_rule(file, capsys):
    path = file("p.json", BIG)
    assert 0 == pattern.main(["explain", "--json", "--pattern", path, "--event", file("e.json", GOOD_EVENT)])
    document = json.loads(capsys.readouterr().out)
    assert document["events"][0][path]["matched"]
    assert {path: 1} == document["rules"]


def test_lint_prints_findings_and_fails_on_them(file, capsys):
    assert 1 == pattern.main(["lint", "--pattern", file("p.json", {"account": [1]})])
    assert (
        "error account: account is a string in every event on a bus (never-matches)\n"
        == capsys.readouterr().out
    )
    assert 0 == pattern.main(["lint", "--json", "--pattern", file("p.json", BIG)])
    assert [[]] == list(json.loads(capsys.readouterr().out).values())


def test_example_prints_events_one_a_line(file, capsys):
    path = file("p.json", BIG)
    assert 0 == pattern.main(["example", "--count", "3", "--pattern", path])
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [True] * 3 == [matches(parse(json.dumps(BIG)), event) for event in events]
    assert 0 == pattern.main(["example", "--near-miss", "--pattern", path])
    assert not matches(parse(json.dumps(BIG)), json.loads(capsys.readouterr().out))


@pytest.mark.parametrize(
    ("pattern_text", "events", "complaint"),
    [
        ("{}", GOOD_EVENT, "Event pattern is not valid. Reason: Empty objects are not allowed"),
        (BIG, "[1]", "event 1 is not a JSON object"),
        (BIG, "[]", "there are no events"),
        (BIG, '{"a": 1}\n{"a"\n', "line 2"),
    ],
)
def test_bad_input_is_told_apart_from_no_match(file, capsys, pattern_text, events, complaint):
    arguments = ["--pattern", file("p.json", pattern_text), "--event", file("e.json", events)]
    assert 2 == pattern.main(["test", *arguments])
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["test", "--pattern", "-", "--event", "-"],
        ["test", "--rules", "-", "--event", "-"],
        ["lint"],
        ["nonsense"],
        [],
    ],
)
def test_wrong_usage_ends_with_status_2(arguments, capsys):
    with pytest.raises(SystemExit) as ending:
        pattern.main(arguments)
    assert 2 == ending.value.code
    assert "usage:" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named(capsys):
    assert 2 == pattern.main(["lint", "--pattern", "/nowhere/pattern.json"])
    assert "/nowhere/pattern.json" in capsys.readouterr().err


def test_a_terminal_gets_colours_and_a_progress_bar(file, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setattr(sys, "stderr", Terminal())
    arguments = ["--pattern", file("p.json", BIG), "--event", file("e.json", [GOOD_EVENT] * 300)]
    assert 0 == pattern.main(["explain", *arguments])
    assert "\x1b[32m" in sys.stdout.getvalue()
    assert "] 300/300\n" in sys.stderr.getvalue()
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert 0 == pattern.main(["explain", *arguments])
    assert "\x1b" not in sys.stdout.getvalue()


def test_the_program_reads_standard_input(file):
    done = subprocess.run(
        [sys.executable, "server.py", "pattern", "test", "--pattern", file("p.json", BIG), "--event", "-"],
        cwd=ROOT,
        input=json.dumps(BAD_EVENT),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (1, "no match\n", "") == (done.returncode, done.stdout, done.stderr)
