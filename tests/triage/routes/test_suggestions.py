"""Suggestions on the desk, and the report on them (分類の候補・候補の品質)."""

import re
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.proposals.models import Proposal
from app.registers.models import Register, RegisterEntry
from app.suggestions.engine import suggest
from app.suggestions.models import SuggestionVerdict
from tests.accounts.browser import enter
from tests.factories import World, declare_conflict, give_opinion, make_in_review
from tests.triage.pages import address, complete_scheme, messages_of, typed

DETAIL = "前置きです。\n公営住宅管理システムに所得を入力している。"
QUOTE = "公営住宅管理システムに所得を入力している"


@pytest.fixture
def housing(world: World) -> RegisterEntry:
    complete_scheme(world)
    entry = RegisterEntry(
        register=Register.CLOSELY_RELATED,
        number=8,
        title="公営住宅管理システム",
        detail="",
        ministry_name="",
        as_of=date(2024, 8, 27),
    )
    db.session.add(entry)
    db.session.flush()
    return entry


@pytest.fixture
def proposal(world: World, housing: RegisterEntry) -> Proposal:
    found = make_in_review(world)
    found.title, found.detail = "公営住宅の家賃の事務", DETAIL
    db.session.flush()
    return found


def figures_of(text: str) -> list[str]:
    """Figures of the first line of the first table."""
    return re.findall(r'<td class="number">(.*?)</td>', text)[:7]


def test_desk_shows_row_quote_rule_and_mark(app: Flask, proposal: Proposal) -> None:
    page = enter(app, "officer1").get(address(proposal, "assess"))

    assert f'<mark class="mark-suggested">{QUOTE}<a href="#suggestion-1"' in page.text
    suggestion = page.text.split('id="suggestion-1"')[1].split("</li>")[0]
    assert "密接関連業務システム 8　公営住宅管理システム</a>" in suggestion
    assert f"「{QUOTE}」" in suggestion
    assert "台帳 密接関連業務システム 8 「公営住宅管理システム」が文中にある→C" in suggestion


def test_a_ticked_suggestion_is_taken_with_its_words(
    app: Flask, housing: RegisterEntry, proposal: Proposal
) -> None:
    page = enter(app, "officer1").post(
        address(proposal, "assess"),
        data=typed(proposal, show_result="1", near=[f"{housing.id}|{QUOTE}"]),
    )

    assert f'<option value="{housing.id}" selected>' in page.text
    assert f'<mark>{QUOTE}<a href="#evidence-1">根拠1</a></mark>' in page.text
    assert "根拠に入れています" in page.text


def test_rejecting_greys_the_row_and_loses_nothing_typed(
    app: Flask, housing: RegisterEntry, proposal: Proposal
) -> None:
    browser = enter(app, "officer1")
    sent = typed(proposal, reason="書きかけ", reject=housing.id, **{f"why-{housing.id}": "別の話"})

    rejected = browser.post(address(proposal, "suggestions"), data=sent)
    restored = browser.post(
        address(proposal, "suggestions"),
        data=typed(proposal, reason="書きかけ", restore=housing.id),
    )

    assert rejected.status_code == restored.status_code == 200
    assert messages_of(rejected) == ["候補を「当たらない」としました。取り消すこともできます。"]
    assert "：別の話）" in rejected.text
    assert "書きかけ" in rejected.text
    assert 'name="near"' not in rejected.text
    assert 'name="near"' in restored.text
    assert db.session.scalars(select(SuggestionVerdict.reason)).all() == ["別の話"]


def test_evidence_is_taken_out_again(
    app: Flask, housing: RegisterEntry, proposal: Proposal
) -> None:
    page = enter(app, "officer1").post(
        address(proposal, "suggestions"),
        data=typed(
            proposal,
            remove="1",
            **{"evidence-0-entry_id": str(housing.id), "evidence-0-quote": QUOTE},
        ),
    )

    assert messages_of(page) == ["根拠1を外しました。"]
    assert " selected>8" not in page.text
    assert 'name="near"' in page.text


@pytest.mark.parametrize(
    ("sent", "status"),
    [({}, 404), ({"reject": "x"}, 404), ({"restore": "9" * 30}, 404), ({"remove": "99"}, 200)],
)
def test_bad_judgements_change_nothing(
    app: Flask, proposal: Proposal, sent: dict[str, str], status: int
) -> None:
    page = enter(app, "officer1").post(
        address(proposal, "suggestions"), data=typed(proposal, **sent)
    )

    assert page.status_code == status
    assert db.session.scalars(select(SuggestionVerdict)).all() == []


def test_report_counts_what_was_shown_without_conflicts(
    app: Flask, world: World, proposal: Proposal
) -> None:
    proposal.title, proposal.requested_measure = "台帳の行の事務", "台帳の行を扱うこと。"
    db.session.flush()
    give_opinion(world, proposal, key="types", suggested=tuple(suggest(proposal)))
    declare_conflict(world["officer2"], proposal=proposal)
    db.session.commit()

    pages = {
        login: enter(app, login).get("/triage/suggestion-quality").text
        for login in ("lead", "auditor", "officer2")
    }

    assert figures_of(pages["lead"]) == ["1", "1", "0", "0", "1", "100%", "100%"]
    assert figures_of(pages["auditor"]) == figures_of(pages["lead"])
    assert "まだ数える意見がありません" in pages["officer2"]


def test_report_leaves_practice_out(app: Flask, world: World, proposal: Proposal) -> None:
    give_opinion(world, proposal, key="types", suggested=tuple(suggest(proposal)))
    world.round.is_practice = True
    db.session.commit()

    page = enter(app, "lead").get("/triage/suggestion-quality")

    assert "まだ数える意見がありません" in page.text


def test_report_counts_opinions_given_at_the_desk_alone(
    app: Flask, world: World, proposal: Proposal
) -> None:
    give_opinion(world, proposal, key="types")

    page = enter(app, "lead").get("/triage/suggestion-quality")

    assert "まだ数える意見がありません" in page.text


def test_report_counts_a_desk_that_found_nothing_as_a_miss(
    app: Flask, world: World, proposal: Proposal
) -> None:
    give_opinion(world, proposal, key="types", suggested=())

    page = enter(app, "lead").get("/triage/suggestion-quality")

    assert figures_of(page.text) == ["0", "0", "0", "0", "1", "0%", "0%"]
