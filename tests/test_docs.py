"""The documentation against the code: what exists is described, and what is linked exists."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from emulator.command_line.serve import parse_arguments
from emulator.control.api import CLOCK_ACTIONS, ROUTES
from emulator.core.limits import Limits
from emulator.settings import Settings
from rules import matches, parse
from rules.pattern.operators import OPERATORS

REPOSITORY = Path(__file__).resolve().parent.parent
DOCS = REPOSITORY / "docs"
PAGES = sorted([*REPOSITORY.glob("*.md"), *DOCS.rglob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\((?P<path>[^)#\s]*)(?:#(?P<anchor>[^)\s]*))?\)")
CODE_BLOCK = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", CODE_BLOCK.sub("", text_of(page)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def options(capsys) -> set[str]:
    with pytest.raises(SystemExit):
        parse_arguments(["--help"], {})
    return set(re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", capsys.readouterr().out, re.MULTILINE)) - {"--help"}


def test_the_coverage_page_is_current():
    command = [sys.executable, str(DOCS / "make_coverage.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (0, "") == (done.returncode, done.stderr)


def test_every_control_endpoint_has_a_section_and_no_section_is_left_over():
    sections = re.findall(r"^## (.+)$", text_of(DOCS / "control.md"), re.MULTILINE)
    assert sorted(f"{method} {path}" for method, path in ROUTES) == sorted(sections)


def test_every_clock_action_is_described():
    assert [] == [action for action in CLOCK_ACTIONS if f"| `{action}` |" not in text_of(DOCS / "control.md")]


@pytest.mark.parametrize("kind", [Settings, Limits])
def test_every_setting_and_limit_is_described(kind):
    page = text_of(DOCS / "settings.md")
    assert [] == [name for name in kind.__struct_fields__ if f"| `{name}` |" not in page]


@pytest.mark.parametrize("name", Limits.__struct_fields__)
def test_the_default_of_a_limit_is_the_one_described(name):
    assert f"| `{name}` | {getattr(Limits(), name):,} |" in text_of(DOCS / "settings.md")


def test_every_option_is_described_with_its_environment_variable(capsys):
    described = set(
        re.findall(
            r"^\| `(--[a-z-]+)` \| `(BUSYARD_[A-Z_]+)` \|", text_of(DOCS / "settings.md"), re.MULTILINE
        )
    )
    expected = {
        (option, "BUSYARD_" + option.removeprefix("--").upper().replace("-", "_"))
        for option in options(capsys)
    }
    assert expected == described


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_links_lead_somewhere(page):
    broken = []
    for link in LINK.finditer(CODE_BLOCK.sub("", text_of(page))):
        path, anchor = link["path"], link["anchor"]
        if path.startswith(("http://", "https://")):
            continue
        goal = page if not path else page.parent / path
        if not goal.exists() or (anchor and anchor not in anchors(goal)):
            broken.append(link[0])
    assert [] == broken


def test_the_first_python_block_of_the_readme_is_an_example_on_the_default_port():
    block = re.search(r"^```python\n(.*?)^```$", text_of(REPOSITORY / "README.md"), re.DOTALL | re.MULTILINE)
    assert block is not None
    assert f'"http://localhost:{Settings().port}"' in block[1]
    compile(block[1], "README.md", "exec")


PATTERN_ROWS = re.findall(
    r"^\|[^|]+\| `(?P<pattern>.+?)` \| `(?P<matching>.+?)` \| `(?P<other>.+?)` \|$",
    text_of(DOCS / "patterns.md"),
    re.MULTILINE,
)


@pytest.mark.parametrize(("pattern", "matching", "other"), PATTERN_ROWS)
def test_the_examples_of_patterns_are_true(pattern, matching, other):
    parsed = parse(pattern)
    assert (True, False) == (matches(parsed, json.loads(matching)), matches(parsed, json.loads(other)))


def test_every_pattern_operator_has_an_example():
    shown = " ".join(pattern for pattern, _, _ in PATTERN_ROWS)
    # AWS: `exactly` is the matcher's own first spelling of a plain string and not documented by EventBridge
    assert {"exactly"} == {name for name in OPERATORS if f'"{name}"' not in shown}


def test_the_explanation_shown_is_the_one_printed(capsys):
    page = text_of(DOCS / "patterns.md")
    code, printed = re.findall(r"```python\n(.*?)```\n\nprints\n\n```\n(.*?)```", page, re.DOTALL)[0]
    exec(code, {})
    assert printed == capsys.readouterr().out
