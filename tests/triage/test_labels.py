"""Labels and themes (ラベル・テーマ): beside the one class, never in its sum."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.core.errors import InvalidInput, NotAllowed, StaleVersion
from app.proposals.models import Proposal
from app.reports.cases import round_cases
from app.reports.counting import NOW
from app.reports.queries import StateCounts, state_counts
from app.triage.labels import label_options, label_words, labels_of, themes
from app.triage.services.labels import (
    AddTheme,
    SetThemes,
    SwitchTheme,
    add_theme,
    set_themes,
    switch_theme,
)
from tests.accounts.browser import enter
from tests.factories import (
    World,
    declare_conflict,
    make_classified,
    make_in_review,
    make_pending,
)
from tests.triage.pages import address


def give(world: World, proposal: Proposal, *names: str) -> None:
    set_themes(proposal, SetThemes(version=proposal.version, names=names), actor=world["officer1"])


def counts(world: World) -> StateCounts:
    return state_counts(round_cases(world.round, None, NOW))


@pytest.fixture
def theme(world: World, db_session: Session) -> str:
    add_theme(AddTheme(name="子育て"), actor=world["lead"])
    db_session.commit()
    return "子育て"


def test_c3_labels_never_change_the_sum_of_classes(
    world: World, theme: str, db_session: Session
) -> None:
    classified, pending = make_classified(world), make_pending(world)
    before = counts(world)

    give(world, classified, theme)
    give(world, pending, theme)

    after = counts(world)
    assert after == before
    assert sum(after.by_category.values()) + after.pending == 2


def test_themes_are_given_taken_away_and_read_in_words(world: World, theme: str) -> None:
    proposal = make_in_review(world)
    give(world, proposal, theme)
    given = [label_words(row) for row in labels_of(proposal)]

    give(world, proposal)

    assert (given, labels_of(proposal)) == (["テーマ：子育て"], [])


def test_unknown_theme_stale_form_and_conflict_are_refused(world: World, theme: str) -> None:
    proposal = make_in_review(world)
    opened = proposal.version

    with pytest.raises(InvalidInput):
        give(world, proposal, "ない")
    give(world, proposal, theme)
    with pytest.raises(StaleVersion):
        set_themes(proposal, SetThemes(version=opened, names=()), actor=world["officer2"])
    declare_conflict(world["officer1"], proposal=proposal)
    with pytest.raises(NotAllowed):
        give(world, proposal)


def test_theme_out_of_use_stays_where_it_was_given(world: World, theme: str) -> None:
    kept, other = make_in_review(world), make_in_review(world)
    give(world, kept, theme)

    switch_theme(SwitchTheme(name=theme, is_active=False), actor=world["lead"])
    give(world, kept, theme)

    assert [row.value for row in labels_of(kept)] == [theme]
    with pytest.raises(InvalidInput):
        give(world, other, theme)


@pytest.mark.parametrize("name", ["　", "子育て", "字" * 41])
def test_theme_needs_a_new_name(world: World, theme: str, name: str) -> None:
    with pytest.raises(InvalidInput):
        add_theme(AddTheme(name=name), actor=world["lead"])


def test_list_is_narrowed_by_label_and_keeps_a_conflict_hidden(
    app: Flask, world: World, theme: str, db_session: Session
) -> None:
    labelled, other = make_in_review(world), make_in_review(world)
    give(world, labelled, theme)
    declare_conflict(world["officer2"], proposal=labelled)
    db_session.commit()
    path = f"/proposals?label=theme:{theme}"

    page = enter(app, "officer3").get(path)

    assert labelled.receipt_number is not None
    assert other.receipt_number is not None
    assert labelled.receipt_number in page.text
    assert other.receipt_number not in page.text
    assert label_options(world["officer2"], world.round) == {}


def test_lead_keeps_the_list_and_an_officer_gives_themes_on_the_case(
    app: Flask, world: World, db_session: Session
) -> None:
    proposal = make_in_review(world)
    db_session.commit()
    lead, officer = enter(app, "lead"), enter(app, "officer1")

    lead.post("/triage/themes", data={"name": "防災"})
    officer.post(address(proposal, "themes"), data={"version": proposal.version, "names": ["防災"]})
    shown = officer.get(address(proposal, "triage-record"))
    lead.post("/triage/themes/switch", data={"name": "防災", "is_active": "no"})

    assert "テーマ：防災" in shown.text
    assert "テーマ 防災" in officer.get(address(proposal, "history")).text
    db_session.expire_all()
    assert [(row.name, row.is_active) for row in themes()] == [("防災", False)]
