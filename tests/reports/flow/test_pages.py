"""The reports on the flow over HTTP, as files, and for their reader (仕分けの進み・所要日数)."""

import json
import re
from datetime import datetime
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import InvalidInput
from app.extensions import db
from app.proposals.models import Proposal
from app.reports.flow.durations import Durations, build_cycle_time
from app.reports.flow.histories import histories
from app.reports.flow.progress import Progress, build_flow
from app.reports.flow.queries import moves_of
from app.reports.flow.question import FlowQuestion, read_question
from app.triage.services.settle import Reclassify, reclassify
from tests.accounts.browser import let_in
from tests.architecture.tables import uneven_tables
from tests.factories import (
    World,
    declare_conflict,
    make_classified,
    make_closed,
    make_merged,
    make_pending,
    make_returned,
    make_submitted,
    make_withdrawn,
    make_world,
)

NAMES = ("flow", "cycle-time")
MONDAY = clock.jst(2024, 9, 2, 10)
TUESDAY = clock.jst(2024, 9, 3, 10)
FRIDAY = clock.jst(2024, 9, 6, 10)


def opened(now: datetime = MONDAY) -> World:
    with clock.at(now):
        return make_world()


def lived() -> World:
    """A round with one case of every fate, on three days; what is committed is in the trail."""
    world = opened()
    with clock.at(MONDAY):
        make_closed(world)
        make_withdrawn(world)
        make_merged(world)
        make_returned(world)
        db.session.commit()
    with clock.at(TUESDAY):
        reworked: Proposal = make_classified(world)
        make_pending(world)
        db.session.commit()
    with clock.at(FRIDAY):
        command = Reclassify(version=reworked.version, reason="前提が変わったため")
        reclassify(reworked, command, actor=world["lead"])
        db.session.commit()
    return world


def progress_of(world: World, reader: str | None = None, **asked: Any) -> Progress:
    question = FlowQuestion(**asked)
    with clock.at(FRIDAY):
        report = build_flow(world.round, world[reader] if reader else None, question)
    assert [check.words for check in report.checks if not check.is_ok] == []
    assert isinstance(report.content, Progress)
    return report.content


def test_days_are_those_of_the_trail(db_session: Session) -> None:
    lines = progress_of(lived()).lines

    figures = [
        (line.day.day, line.total, line.settled, line.closed, line.withdrawn, line.merged)
        for line in lines
    ]
    assert figures == [
        (2, 3, 1, 1, 1, 1),
        (3, 5, 2, 1, 1, 1),
        (4, 5, 2, 1, 1, 1),
        (5, 5, 2, 1, 1, 1),
        (6, 5, 1, 1, 1, 1),
    ]
    assert [(line.classified, line.resumed) for line in lines] == [
        (1, 0),
        (1, 0),
        (0, 0),
        (0, 0),
        (0, 1),
    ]


def test_past_day_and_period_are_told_as_they_were(db_session: Session) -> None:
    world = lived()

    past = progress_of(world, as_of=TUESDAY.date())
    period = progress_of(world, since=FRIDAY.date())

    assert past.now is not None
    assert (past.now.day, past.now.total, past.now.settled) == (TUESDAY.date(), 5, 2)
    assert [line.day for line in period.lines] == [FRIDAY.date()]
    assert period.pictures is not None
    # One day is a level line over the whole width.
    assert period.pictures.burn_up.lines[0].points.count(",") == 2


def test_durations_and_the_end_of_a_standstill(db_session: Session) -> None:
    world = lived()

    with clock.at(FRIDAY):
        durations = build_cycle_time(world.round, None, FlowQuestion())
    with clock.at(clock.jst(2025, 9, 1, 10)):
        later = build_flow(world.round, None, FlowQuestion()).content

    assert [check.words for check in durations.checks] == [
        "分類が確定した提案 1 ＋ まだの提案 4 ＝ 受付（整理後） 5件",
    ]
    assert isinstance(durations.content, Durations)
    assert (durations.content.wholes[0].line.oldest, durations.content.gone) == (4, 2)
    assert isinstance(later, Progress)
    assert (later.is_stalled, later.lines[-1].day) == (True, FRIDAY.date())


def test_conflict_of_interest_leaves_out_the_case_and_what_went_into_it(
    db_session: Session,
) -> None:
    world = opened()
    with clock.at(MONDAY):
        absorbed = make_merged(world)
        seen = make_submitted(world)
        assert absorbed.merged_into is not None
        declare_conflict(world["officer2"], proposal=absorbed.merged_into)
        db.session.commit()

    with clock.at(TUESDAY):
        moves = moves_of(world.round, world["officer2"], clock.now())
    found = progress_of(world, "officer2")

    assert [case.case_id for case in histories(moves)] == [seen.id]
    assert found.now is not None
    assert (found.now.total, found.now.merged) == (1, 0)


def test_pages_are_for_those_who_see_the_cases(client: FlaskClient, db_session: Session) -> None:
    make_closed(make_world())
    db_session.commit()

    found = {}
    for login in ("officer1", "auditor", "admin", "observer", "city", "ministry"):
        let_in(client, login)
        found[login] = [client.get(f"/reports/{name}?round=R6").status_code for name in NAMES]

    assert found == {
        "officer1": [200, 200],
        "auditor": [200, 200],
        "admin": [404, 404],
        "observer": [404, 404],
        "city": [403, 403],
        "ministry": [403, 403],
    }


def test_round_without_a_case_says_so(client: FlaskClient, db_session: Session) -> None:
    make_world()
    db_session.commit()
    let_in(client, "lead")

    flow, cycle = (client.get(f"/reports/{name}?round=R6") for name in NAMES)

    assert (flow.status_code, cycle.status_code) == (200, 200)
    assert "提出された提案は、まだありません" in flow.text
    assert "日数を数える提案は、まだありません" in cycle.text
    assert client.get("/reports/flow?round=R6&days=15").status_code == 422


def test_pictures_have_words_for_those_who_do_not_see_them(
    client: FlaskClient, db_session: Session
) -> None:
    make_closed(make_world())
    db_session.commit()
    let_in(client, "lead")

    page = client.get("/reports/flow?round=R6&seed=3").text

    assert [uneven_tables(client.get(f"/reports/{name}?round=R6").text) for name in NAMES] == [
        [],
        [],
    ]
    assert page.count('role="img"') == page.count("<title id=") == page.count("<desc id=") == 3
    assert "分類が確定していない提案はありません。" in page
    # Every pattern that is drawn with is there.
    used = set(re.findall(r'fill="url\(#(band-[a-z_]+)\)"', page))
    assert used <= set(re.findall(r'<pattern id="(band-[a-z_]+)"', page))
    assert 'style="' not in page


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("days", "15"),
        ("days", "x"),
        ("seed", "-1"),
        ("seed", "1.5"),
        ("seed", "²"),
        ("seed", "9" * 30),
        ("from", "2024-13-01"),
        ("from", "2999-01-01"),
        ("from", "2024-09-05"),
        ("as_of", "yesterday"),
    ],
)
def test_what_cannot_be_read_is_refused_where_it_stands(field: str, text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_question({"as_of": "2024-09-04", field: text})

    assert list(refused.value.errors) == [field]


def test_address_of_a_question_is_read_as_that_question() -> None:
    asked = FlowQuestion(as_of=FRIDAY.date(), since=MONDAY.date(), days=40, seed=12)

    assert read_question(asked.arguments()) == asked
    assert (read_question({}), FlowQuestion().arguments()) == (FlowQuestion(), {})


def test_files_and_command_have_every_day_and_the_forecast(
    app: Flask, client: FlaskClient, db_session: Session
) -> None:
    world = lived()
    let_in(client, "lead")

    asked = "round=R6&as_of=2024-09-06&seed=5&days=10"
    answer = client.get(f"/reports/flow?{asked}&format=json")

    data = json.loads(answer.text)
    assert (data["report"], data["basis"], data["total"]) == ("flow", "merged", 5)
    assert [row["day"][8:] for row in data["rows"]] == ["02", "03", "04", "05", "06"]
    assert "データが足りない" in data["notes"][2]
    assert world.round.key in answer.headers["Content-Disposition"]
    for form in ("xlsx", "csv", "csv-cp932"):
        assert client.get(f"/reports/cycle-time?{asked}&format={form}").status_code == 200
    for name in NAMES:
        arguments = ["report", name, "--round", "R6", "--as-of", "2024-09-06"]
        result = app.test_cli_runner().invoke(args=arguments)
        assert (result.exit_code, "検算（一致）：" in result.stdout) == (0, True)


def test_command_answers_what_its_page_answers(
    app: Flask, client: FlaskClient, db_session: Session
) -> None:
    lived()
    let_in(client, "lead")
    asked = {"as-of": "2024-09-06", "from": "2024-09-03", "days": "40", "seed": "7"}
    options = [word for name, value in asked.items() for word in (f"--{name}", value)]

    def command(name: str, *more: str) -> Result:
        return app.test_cli_runner().invoke(args=["report", name, "--round", "R6", *more])

    page = client.get(
        "/reports/flow?round=R6&as_of=2024-09-06&from=2024-09-03&days=40&seed=7&format=json"
    )
    said = command("flow", *options, "--format", "json")
    refused = command("flow", "--days", "15"), command("intake", "--seed", "7")

    assert json.loads(said.stdout)["rows"] == json.loads(page.text)["rows"]
    assert json.loads(said.stdout)["notes"] == json.loads(page.text)["notes"]
    assert [answer.exit_code for answer in refused] == [1, 2]
    assert "flow と cycle-time だけ" in refused[1].stderr
