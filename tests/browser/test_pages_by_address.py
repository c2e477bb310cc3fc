"""Every page whose address takes nothing (引数のない画面), found in the map of addresses itself.

A new page is looked at without being listed. Those that `PAGES` names are looked at there, with
pictures; what is no whole page (files, parts, figures for machines) or leads elsewhere is passed
over.
"""

from collections.abc import Callable
from pathlib import Path

from flask import Flask

from app.core.access import BEARER, PUBLIC, SIGNED_IN, audience_of
from tests.browser.conftest import NARROW, WIDE, Visitor, violations_of
from tests.browser.test_pages import PAGES
from tests.conftest import make_app

Visit = Callable[..., Visitor]

# The first of these that a page is for looks at it (役割の順).
READERS = {
    "lead": "lead",
    "officer": "officer1",
    "admin": "admin",
    "auditor": "auditor",
    "ministry_coordinator": "mhlw-coord",
    "ministry_officer": "mhlw",
    "proposer_manager": "city-mgr",
    "proposer": "city",
    "observer": "observer",
}
LISTED = {path.partition("?")[0] for paths in PAGES.values() for path in paths}


def readers_of(app: Flask) -> dict[str | None, list[str]]:
    """Addresses without arguments that `PAGES` does not name, by the login that looks at them."""
    found: dict[str | None, list[str]] = {}
    for rule in app.url_map.iter_rules():
        if rule.arguments or "GET" not in (rule.methods or ()) or rule.rule in LISTED:
            continue
        audience = audience_of(app, rule.endpoint)
        if audience == BEARER:
            continue  # for programs: no cookie opens it
        if audience == PUBLIC:
            login = None
        elif audience == SIGNED_IN:
            login = "officer1"
        else:
            login = next(name for role, name in READERS.items() if role in audience)
        found.setdefault(login, []).append(rule.rule)
    return found


def test_pages_nobody_listed_are_clean(visit: Visit, tmp_path: Path) -> None:
    # The map of addresses asks no database.
    addresses = readers_of(make_app(f"sqlite:///{tmp_path / 'empty'}"))

    faults = {}
    for login, paths in addresses.items():
        visitor = visit(login)
        faults |= {path: found for path in paths if (found := faults_of(visitor, path))}

    assert faults == {}


def faults_of(visitor: Visitor, path: str) -> list[str]:
    """What is wrong with a page: the browser, axe, a width of 320 pixels; [] for no page."""
    answer = visitor.page.request.get(visitor.base_url + path)
    is_elsewhere = answer.url != visitor.base_url + path
    if is_elsewhere or "<main" not in answer.text():
        return [f"answers {answer.status}"] if answer.status == 500 else []
    visitor.complaints.clear()
    visitor.page.set_viewport_size(WIDE)
    visitor.open(path)
    found = [*visitor.complaints, *violations_of(visitor.page)]
    visitor.page.set_viewport_size(NARROW)
    width = visitor.page.evaluate("document.documentElement.scrollWidth")
    return found + ([f"scrolls sideways: {width}"] if width > NARROW["width"] else [])
