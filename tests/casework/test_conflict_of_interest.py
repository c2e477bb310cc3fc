"""K4 and D2: whoever has a conflict of interest learns nothing of the case, in no list and no sum.

The hidden case moves through its life, and under other names; every page and file that the person
can open stays the same, byte for byte. The visible cases beside it make sure that the pages show
something at all.

In the quick suite one page in four is read of those that show a single thing, and every other page;
DOORS=all reads all of them.
"""

import re
from collections.abc import Iterator
from zlib import crc32

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.extensions import db
from app.proposals.models import Proposal
from app.triage.queries import open_assessment
from app.triage.services.confirm import Confirm, confirm_assessment
from app.triage.services.pending import Hold, hold
from tests.accounts.browser import CHANCE, enter
from tests.architecture.test_endpoints import IS_WHOLE, VALUES
from tests.factories import (
    World,
    declare_conflict,
    give_opinion,
    make_accepted,
    make_classified,
    make_in_confirmation,
    make_in_review,
    make_pending,
    make_world,
)

NOW = clock.jst(2024, 8, 20, 10)
SECRET = "秘匿案件の名称"
# Queries that narrow, order or sum in other ways than the plain page does.
QUERIES: dict[str, tuple[str, ...]] = {
    "casework.index": (
        "",
        f"?q={SECRET}",
        "?q=鍵",
        "?sort=-since",
        "?sort=due",
        "?state=open",
        "?state=in_review",
        "?category=f5",
        "?reviewer=officer1",
        "?overdue=1",
        "?org_type=city",
    ),
    "bulk.choose": ("?all=1&round=R6", "?number=R6-0001&number=R6-0006"),
    "reports.show": ("", "?format=csv", "?format=json"),
}
# What differs by itself: the time that an answer took to make is no secret of a case.
SHARE_OF_SINGLE_THINGS = 4
SKIPPED = {"health.readyz", "health.healthz", "health.metrics", "static", "accounts.login"}


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        for make in (make_in_review, make_accepted, make_classified, make_pending):
            make(world)
        make_in_confirmation(world)
        for _ in range(3):
            declare_conflict(world["officer2"], proposal=make_in_review(world))
        db_session.commit()
        yield world


@pytest.fixture
def all_hidden(world: World) -> list[Proposal]:
    return list(db.session.scalars(select(Proposal).order_by(Proposal.id.desc()).limit(3)))


@pytest.fixture
def hidden(all_hidden: list[Proposal]) -> Proposal:
    return all_hidden[0]


def addresses(app: Flask) -> list[str]:
    """Every address that can be opened, with the values and queries known here."""
    found: list[str] = []
    adapter = app.url_map.bind("localhost")
    for rule in sorted(app.url_map.iter_rules(), key=lambda row: row.rule):
        if "GET" not in (rule.methods or ()) or rule.endpoint in SKIPPED:
            continue
        # Workbooks carry the instant they were made; their rows are those of the page.
        if rule.rule.endswith(".xlsx") or not rule.arguments <= VALUES.keys():
            continue
        if rule.arguments and not is_read(rule.endpoint):
            continue
        path = adapter.build(rule.endpoint, {name: VALUES[name] for name in rule.arguments})
        found += [path + query for query in QUERIES.get(rule.endpoint, ("",))]
    names = ("intake", "classification", "pending", "suggestion-quality")
    return found + [f"/reports/{name}?format=csv" for name in names]


def is_read(endpoint: str) -> bool:
    """Whether a page of a single thing is read: all of a case's tabs, of the others one in four."""
    is_of_a_case = endpoint.startswith("casework.")
    return IS_WHOLE or is_of_a_case or crc32(endpoint.encode()) % SHARE_OF_SINGLE_THINGS == 0


def everything(browser: FlaskClient, app: Flask) -> dict[str, str]:
    """What the person reads everywhere."""
    return read_all(browser, addresses(app))


def read_all(browser: FlaskClient, paths: list[str]) -> dict[str, str]:
    """What the person reads at some addresses, without what chance puts into it."""
    read: dict[str, str] = {}
    for path in paths:
        answer = browser.get(path)
        # Pictures and PDF are of no case here; workbooks carry the instant they were made.
        text = answer.get_data(as_text=True) if is_text(answer.mimetype) else answer.mimetype
        read[path] = f"{answer.status_code} {CHANCE.sub('', text)}"
    return read


def is_text(mimetype: str) -> bool:
    return mimetype.startswith("text/") or mimetype == "application/json"


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return [path for path in before if before[path] != after[path]]


def rename(case: Proposal, title: str) -> None:
    case.title = title
    case.detail = f"{title}の詳細"
    case.search_key = title
    db.session.commit()


def classify(world: World, case: Proposal) -> None:
    waiting = open_assessment(case)
    assert waiting is not None
    command = Confirm(version=case.version, assessment_id=waiting.id)
    confirm_assessment(case, command, actor=world["officer3"])


def put_off(world: World, case: Proposal) -> None:
    command = Hold(version=case.version, reason="照会", revisit_on=clock.jst(2024, 8, 21).date())
    hold(case, command, actor=world["officer1"])


def test_k4_hidden_cases_change_nothing_one_can_read(
    app: Flask, world: World, all_hidden: list[Proposal]
) -> None:
    """Renamed and judged; one waits, one is put off, one classified: other lists, other sums."""
    browser = enter(app, "officer2")
    before = everything(browser, app)

    for case in all_hidden:
        rename(case, SECRET)
        give_opinion(world, case)
    put_off(world, all_hidden[1])
    classify(world, all_hidden[2])
    db.session.commit()

    assert changed(before, everything(browser, app)) == []


def test_colleague_sees_the_difference(app: Flask, world: World, hidden: Proposal) -> None:
    """The twin that fails: without a conflict the same steps do show."""
    browser = enter(app, "officer3")
    lists = [path for path in addresses(app) if path.partition("?")[0] == "/proposals"]
    before = read_all(browser, lists)

    rename(hidden, SECRET)

    seen = changed(before, read_all(browser, lists))
    assert "/proposals" in seen
    assert any(path.startswith("/proposals?q=") for path in seen)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=st.text(alphabet="鍵体育館共通化業務の貸出", min_size=1, max_size=12))
def test_k4_search_never_finds_the_hidden_case(
    app: Flask, world: World, hidden: Proposal, title: str
) -> None:
    browser = enter(app, "officer2")
    query = re.escape(title)

    before = browser.get(f"/proposals?q={query}").text
    rename(hidden, title)
    after = browser.get(f"/proposals?q={query}").text

    assert CHANCE.sub("", after) == CHANCE.sub("", before)
