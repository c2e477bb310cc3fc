"""What the product is built of (部品の出どころ, P47): pinned by hash, not too old."""

import re
from importlib.metadata import distributions
from itertools import takewhile

import pytest
from flask import Flask

from config import ROOT

PINNED = ("requirements.txt", "requirements-dev.txt")
PIN = re.compile(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", re.IGNORECASE)
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
# Older ones have faults that are known, or lack the limits for forms.
FLOORS = {"flask": (2, 3, 2), "werkzeug": (3, 0, 6), "gunicorn": (22, 0, 0)}


def pins(name: str) -> dict[str, dict[str, int]]:
    """Every package of a list: its versions, one a Python, with how many hashes each has."""
    lines = (ROOT / name).read_text("utf-8").replace("\\\n", "").splitlines()
    wanted = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    found: dict[str, dict[str, int]] = {}
    for line in wanted:
        pin = PIN.match(line)
        assert pin, f"not pinned: {line}"
        found.setdefault(pin[1].lower(), {})[pin[2]] = len(HASH.findall(line))
    return found


def as_numbers(text: str) -> tuple[int, ...]:
    parts = takewhile(str.isdigit, text.split("."))
    return tuple(int(part) for part in parts)


@pytest.mark.parametrize("name", PINNED)
def test_p47_every_package_is_pinned_with_its_hashes(name: str) -> None:
    found = pins(name)

    assert len(found) > 20
    assert [package for package, versions in found.items() if not all(versions.values())] == []


def test_p47_what_is_installed_is_what_is_pinned() -> None:
    pinned = pins("requirements.txt")

    installed = {found.name.lower().replace("_", "-"): found.version for found in distributions()}

    # Some are of other systems alone.
    both = installed.keys() & pinned.keys()
    assert len(both) > 40
    assert {name for name in both if installed[name] not in pinned[name]} == set()


def test_p47_no_package_is_below_its_floor_and_forms_have_limits(app: Flask) -> None:
    pinned = pins("requirements.txt")

    low = [name for name, floor in FLOORS.items() if min(map(as_numbers, pinned[name])) < floor]

    assert low == []
    for limit in ("MAX_CONTENT_LENGTH", "MAX_FORM_MEMORY_SIZE", "MAX_FORM_PARTS"):
        assert app.config[limit] > 0
