"""Figures of the last measurements (測定値): bench/results.json, one entry for each thing measured.

Holds facts of the machine, but neither its name nor a path of it.
"""

import json
import os
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2 as sqlite

RESULTS = Path(__file__).with_name("results.json")
PACKAGES = ("flask", "gunicorn", "sqlalchemy", "psycopg", "jinja2")


def keep(what: str, key: Mapping[str, Any], values: Mapping[str, Any], *, is_kept: bool) -> None:
    """Put figures in the place of those of the same key; nothing is written unless asked."""
    if not is_kept:
        return
    found = read()
    rows = [row for row in found.get(what, []) if {name: row.get(name) for name in key} != key]
    found[what] = sorted([*rows, {**key, **values}], key=lambda row: _order(row, key))
    found["machine"] = machine()
    RESULTS.write_text(
        json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )


def read() -> dict[str, Any]:
    """Everything kept so far."""
    if not RESULTS.exists():
        return {}
    found: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return found


def machine() -> dict[str, Any]:
    """What it was measured on (計測した機械)."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(memory / 2**30),
        "python": platform.python_version(),
        "sqlite": sqlite.sqlite_version,
        **{name: version(name) for name in PACKAGES},
    }


def _order(row: Mapping[str, Any], key: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(f"{row[name]:>9}" if isinstance(row[name], int) else row[name] for name in key)
