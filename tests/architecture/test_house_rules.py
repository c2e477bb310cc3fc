"""House rules (約束事) that no linter knows; each checker is shown to find a planted breach."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture import house_rules
from tests.architecture.house_rules import Finding

ROOT = Path(__file__).parents[2]
APP = ROOT / "app"
CODE = sorted(APP.rglob("*.py"))
TEMPLATES = sorted((APP / "templates").rglob("*.*"))

Checker = Callable[[str], list[Finding]]

# Each rule with the only files that may break it.
RULES: dict[str, tuple[Checker, set[str]]] = {
    "state is written by the lifecycle alone": (
        house_rules.state_writes,
        {"app/proposals/lifecycle.py", "app/handoffs/lifecycle.py", "app/candidates/lifecycle.py"},
    ),
    "commit stands in the unit of work alone": (
        house_rules.commits,
        # The migrations hold their lock beside the transaction that they run in.
        {"app/core/unit_of_work.py", "app/extensions.py"},
    ),
    "time is read by the clock alone": (house_rules.clock_readings, {"app/core/clock.py"}),
    "imports stand at the top": (house_rules.late_imports, set()),
    "functions have at most 40 lines": (house_rules.long_functions, set()),
    "modules have at most 300 lines": (house_rules.long_module, set()),
    # SQLAlchemy reaches the database; whom else the product calls is set at the start (P36).
    "connections are opened to mail, scanner and store alone": (
        house_rules.connections,
        {"app/files/scanner.py", "app/notifications/mail_line.py", "app/core/storage/s3.py"},
    ),
    "nothing is printed": (house_rules.prints, set()),
}


def breaches(checker: Checker, files: list[Path]) -> dict[str, list[Finding]]:
    """Return what breaks a rule, by file."""
    checked = {
        file.relative_to(ROOT).as_posix(): checker(file.read_text(encoding="utf-8"))
        for file in files
    }
    return {name: found for name, found in checked.items() if found}


# --- The house ----------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES)
def test_code_keeps_the_rule(rule: str) -> None:
    checker, exempt = RULES[rule]

    found = breaches(checker, CODE)

    assert {name: places for name, places in found.items() if name not in exempt} == {}


def test_files_that_may_break_a_rule_still_do() -> None:
    exempt = {
        (rule, name): bool(breaches(checker, [ROOT / name]))
        for rule, (checker, names) in RULES.items()
        for name in names
    }

    assert exempt == dict.fromkeys(exempt, True)


def test_no_module_is_named_for_nothing() -> None:
    vague = [file for file in CODE if house_rules.vague_name(file.relative_to(APP).as_posix())]

    assert vague == []


def test_templates_hold_no_inline_style_script_or_foreign_asset() -> None:
    assert breaches(house_rules.unsafe_markup, TEMPLATES) == {}


def test_stylesheets_and_scripts_load_nothing_from_other_hosts() -> None:
    files = [file for ending in ("css", "js") for file in sorted(APP.rglob(f"*.{ending}"))]

    assert breaches(house_rules.unsafe_markup, files) == {}


def test_something_was_checked() -> None:
    assert len(CODE) > 100
    assert len(TEMPLATES) > 20


# --- The checkers -------------------------------------------------------------------------------

PLANTED: list[tuple[Checker, str, list[Finding]]] = [
    (house_rules.state_writes, "proposal.state = State.CLOSED", [(1, ".state =")]),
    (house_rules.state_writes, "a, proposal.state = 1, 2", [(1, ".state =")]),
    (house_rules.state_writes, "case.proposal.state: State = 1", [(1, ".state =")]),
    (house_rules.state_writes, "setattr(proposal, 'state', 1)", [(1, "setattr")]),
    (house_rules.state_writes, "update(Proposal).values(state=1)", [(1, "values(state=)")]),
    (house_rules.state_writes, "if proposal.state == 1: x = proposal.state", []),
    (house_rules.state_writes, "Proposal(state=State.DRAFT)", []),
    (house_rules.commits, "db.session.commit()", [(1, "commit")]),
    (house_rules.commits, "db.session.flush()  # commit()", []),
    (house_rules.clock_readings, "datetime.now(UTC)", [(1, "datetime.now")]),
    (house_rules.clock_readings, "datetime.datetime.now()", [(1, "datetime.now")]),
    (house_rules.clock_readings, "datetime.utcnow()", [(1, "datetime.utcnow")]),
    (house_rules.clock_readings, "date.today()", [(1, "date.today")]),
    (house_rules.clock_readings, "x = time.time()", [(1, "time.time")]),
    (house_rules.clock_readings, "clock.now(); clock.today(); time.perf_counter()", []),
    (house_rules.late_imports, "def f():\n    import os", [(2, "import os")]),
    (house_rules.late_imports, "if x:\n    from a import b", [(2, "from a import b")]),
    (house_rules.late_imports, "import os\nif TYPE_CHECKING:\n    import re", []),
    (house_rules.long_functions, "def f():\n" + "    x = 1\n" * 40, [(1, "f")]),
    (house_rules.long_functions, "def f():\n" + "    x = 1\n" * 39, []),
    (house_rules.long_functions, "class A:\n  async def g():\n" + "    x\n" * 40, [(2, "g")]),
    (house_rules.long_module, "x = 1\n" * 301, [(301, "lines")]),
    (house_rules.long_module, "x = 1\n" * 300, []),
    (house_rules.connections, "import urllib.request", [(1, "urllib.request")]),
    (house_rules.connections, "from urllib import request", [(1, "urllib.request")]),
    (house_rules.connections, "import http.client", [(1, "http.client")]),
    (house_rules.connections, "link = socket.socket()", [(1, "socket.socket")]),
    (house_rules.connections, "from urllib.parse import urlsplit\nsocket.gethostname()", []),
    (house_rules.prints, "print('x')", [(1, "print")]),
    (house_rules.prints, "window.print()", []),
    (house_rules.unsafe_markup, '<p>\n<p style="color: red">', [(2, "inline style")]),
    (house_rules.unsafe_markup, "<style>p {}</style>", [(1, "inline style")]),
    (house_rules.unsafe_markup, "<script>alert(1)</script>", [(1, "inline script")]),
    (house_rules.unsafe_markup, '<script src="a.js">alert(1)</script>', [(1, "inline script")]),
    (house_rules.unsafe_markup, '<script type="module" src="/a.js"></script>', []),
    (house_rules.unsafe_markup, '<a onclick="x()">', [(1, "inline handler")]),
    (house_rules.unsafe_markup, '<img src="https://example.com/a.png">', [(1, "other host")]),
    (house_rules.unsafe_markup, '<link href="//example.com/a.css">', [(1, "other host")]),
    (house_rules.unsafe_markup, "p { background: url(http://x/y) }", [(1, "other host")]),
    (house_rules.unsafe_markup, '<svg xmlns="http://www.w3.org/2000/svg">', []),
    (house_rules.unsafe_markup, '<a href="{{ url_for(\'x\') }}" class="style">', []),
]


@pytest.mark.parametrize(("checker", "source", "expected"), PLANTED)
def test_checker_finds_what_was_planted(
    checker: Checker, source: str, expected: list[Finding]
) -> None:
    assert checker(source) == expected


@pytest.mark.parametrize(
    ("path", "is_vague"),
    [
        ("core/utils.py", True),
        ("helpers/text.py", True),
        ("common.py", True),
        ("misc/__init__.py", True),
        ("core/text.py", False),
        ("core/commonplace.py", False),
    ],
)
def test_checker_knows_vague_names(path: str, is_vague: bool) -> None:
    assert house_rules.vague_name(path) is is_vague
