"""Versions of the guide (手引きの版): changed by a lead, tried before, kept with what was said."""

from copy import deepcopy
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.core.errors import InvalidInput, NotAllowed, StaleVersion
from app.proposals.models import Proposal
from app.rounds.default_guide import DEFAULT_GUIDE
from app.rounds.queries import current_guide_version, guide_versions
from app.rounds.services.cloning import clone_round, suggest_clone
from app.triage.guide import (
    FIRST_KEYS,
    QUESTIONS,
    SECOND_KEYS,
    guide_from,
    guide_of,
    met_keys,
    next_question,
    suggest,
)
from app.triage.guide.content import content_errors
from app.triage.models import Assessment
from app.triage.opinion_view import parts_of
from app.triage.services.assess import Assess, assess
from app.triage.services.guide import AdoptGuide, adopt_guide
from app.triage.what_if import what_if
from tests.accounts.browser import enter
from tests.factories import World, declare_conflict, make_in_review
from tests.triage.pages import complete_scheme, errors_of, messages_of

ALL_NO = dict.fromkeys(FIRST_KEYS, "no")
CATEGORIES = [*FIRST_KEYS, "f1", "f2", "f3", "f4", "f5", "f6", "z9"]


def changed(**changes: Any) -> dict[str, Any]:
    """The first guide with another order, or other words and outcomes of a question."""
    content = deepcopy(DEFAULT_GUIDE)
    content["order"] = changes.pop("order", content["order"])
    for name, value in changes.items():
        part, _, key = name.partition("_")
        content["questions"][key][part] = value
    return content


def adopt(world: World, content: dict[str, Any], *, number: int = 1, by: str = "lead") -> None:
    command = AdoptGuide(number=number, content=content, reason="順の見直し")
    adopt_guide(world.round.scheme, command, actor=world[by])


def opine(world: World, proposal: Proposal, answers: dict[str, str], **more: Any) -> Assessment:
    values = {"category_key": "f5", "reason": "理由"} | more
    command = Assess(version=proposal.version, answers=answers, **values)
    return assess(proposal, command, actor=world["officer1"])


# --- The tree -----------------------------------------------------------------------------------

ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        question.key: st.sampled_from([answer.value for answer in question.answers])
        for question in QUESTIONS
    },
)


@given(answers=ANSWERS, order=st.permutations(FIRST_KEYS))
def test_c2_same_answers_and_version_give_the_same_class(
    answers: dict[str, str], order: list[str]
) -> None:
    content = changed(order=list(order))

    first, again = (guide_from(deepcopy(content), label="R6-2") for _ in range(2))

    assert suggest(answers, first) == suggest(dict(reversed(answers.items())), again)
    assert (suggest(answers, first) is None) == (next_question(answers, first) is not None)
    assert set(met_keys(answers, first)) == {k for k in FIRST_KEYS if answers.get(k) == "yes"}


def test_order_decides_between_two_hits() -> None:
    answers = {**ALL_NO, "types": "yes", "core20": "yes"}
    order = ["core20", "types", "bunken", "keiyu", "dpi"]

    found = [
        suggest(answers, guide_from(content, label="R6-1"))
        for content in (DEFAULT_GUIDE, changed(order=order))
    ]

    assert found == ["types", "core20"]


@pytest.mark.parametrize(
    ("content", "errors"),
    [
        (changed(order=["types", "types", "core20", "keiyu", "dpi"]), {"order"}),
        (changed(text_types="　"), {"text_types"}),
        (changed(hint_adoption="字" * 201), {"hint_adoption"}),
        (changed(outcomes_types={"yes": "f1", "no": None}), {"order"}),
        (changed(answers_adoption=[["many", "多い"]]), {"order"}),
        (
            changed(outcomes_effect={"exceeds": "f5", "not_found": None, "unclear": "f3"}),
            {"outcome_effect_not_found"},
        ),
        (
            changed(outcomes_adoption={"many": "types", "some": None, "none": "f8"}),
            {"outcome_adoption_many", "outcome_adoption_none"},
        ),
        (changed(outcomes_special={"yes": "z9", "no": None}), set()),
        (changed(order=list(reversed(FIRST_KEYS))), set()),
    ],
)
def test_guide_that_breaks_the_tree_is_refused(content: dict[str, Any], errors: set[str]) -> None:
    assert set(content_errors(content, CATEGORIES)) == errors


# --- Versions -----------------------------------------------------------------------------------


def test_new_scheme_begins_with_version_one_and_a_clone_with_its_own(world: World) -> None:
    complete_scheme(world)
    adopt(world, changed(text_types="新しい問い"))

    made = clone_round(world.round, suggest_clone(world.round), actor=world["admin"])

    assert [row.number for row in guide_versions(world.round.scheme)] == [2, 1]
    [copied] = guide_versions(made.scheme)
    assert (copied.number, copied.content["questions"]["types"]["text"]) == (1, "新しい問い")


def test_opinion_keeps_its_version_and_its_words(world: World) -> None:
    complete_scheme(world)
    proposal, later = make_in_review(world), make_in_review(world)
    answers = {"guide_version": "R6-1", **ALL_NO, "common_system": "yes"}
    first = opine(world, proposal, answers)
    adopt(world, changed(text_common_system="もう共通システムがあるか"))

    second = opine(world, later, {**answers, "guide_version": "R6-2"})

    assert [row.guide_version.number for row in (first, second) if row.guide_version] == [1, 2]
    assert ("問1　共通システムが存在するか", "ある") in parts_of(first, proposal).answers
    assert ("問1　もう共通システムがあるか", "ある") in parts_of(second, later).answers


def test_opinion_keeps_the_version_that_its_page_showed(world: World) -> None:
    complete_scheme(world)
    proposal = make_in_review(world)
    shown = current_guide_version(world.round.scheme)
    adopt(world, changed(text_types="新しい問い"))

    opinion = opine(world, proposal, {**ALL_NO, "common_system": "yes"}, guide_version_id=shown.id)

    assert opinion.guide_version == shown


def test_c2_all_of_a_to_e_are_asked_also_after_a_hit(world: World) -> None:
    complete_scheme(world)
    proposal = make_in_review(world)

    with pytest.raises(InvalidInput) as refused:
        opine(world, proposal, {"types": "yes", "bunken": "no"})

    assert refused.value.errors == {"answers": ["A–Eはすべて答えてください（まだ：C、D、E）"]}


def test_change_is_refused_to_officers_to_latecomers_and_without_a_change(world: World) -> None:
    complete_scheme(world)

    with pytest.raises(NotAllowed):
        adopt(world, changed(text_types="新"), by="officer1")
    with pytest.raises(InvalidInput):
        adopt(world, changed())
    adopt(world, changed(text_types="新"))
    with pytest.raises(StaleVersion):
        adopt(world, changed(text_types="別"), number=1)

    assert current_guide_version(world.round.scheme).number == 2


# --- What if ------------------------------------------------------------------------------------


def test_q3_what_if_lists_flips_unanswered_ones_and_counts(world: World) -> None:
    complete_scheme(world)
    both, stopped, same = (make_in_review(world) for _ in range(3))
    opine(world, both, {**ALL_NO, "types": "yes", "core20": "yes"})
    opine(world, stopped, {**ALL_NO, "common_system": "no", "adoption": "none"})
    opine(world, same, {**ALL_NO, "common_system": "yes"})
    guide = guide_from(
        changed(
            order=["core20", "types", "bunken", "keiyu", "dpi"],
            outcomes_adoption={"many": None, "some": None, "none": None},
        ),
        label="",
    )

    effect = what_if(world["lead"], world.round, guide)

    assert effect.answered == 3
    assert [(row.proposal, row.before, row.after) for row in effect.flips] == [(both, "A", "C")]
    assert [(row.proposal, row.question[:2]) for row in effect.unanswered] == [(stopped, "問5")]
    assert {(row.code, row.before, row.after) for row in effect.counts} == {
        ("A", 1, 0),
        ("C", 0, 1),
        ("F1", 1, 1),
        ("F4", 1, 0),
    }


def test_what_if_leaves_out_cases_with_a_conflict(world: World) -> None:
    complete_scheme(world)
    proposal = make_in_review(world)
    opine(world, proposal, {**ALL_NO, "types": "yes", "core20": "yes"})
    declare_conflict(world["lead"], proposal=proposal)
    guide = guide_of(current_guide_version(world.round.scheme))

    effect = what_if(world["lead"], world.round, guide)

    assert (effect.answered, effect.counts) == (0, [])


# --- The page -----------------------------------------------------------------------------------


def sent(world: World, **changes: str) -> dict[str, str]:
    """What a browser sends of the guide in use, with some values changed."""
    version = current_guide_version(world.round.scheme)
    values = {"number": str(version.number), "order": ",".join(version.content["order"])}
    for key, row in version.content["questions"].items():
        values |= {f"text_{key}": row["text"], f"hint_{key}": row["hint"]}
        if key in SECOND_KEYS:
            values |= {f"outcome_{key}_{name}": to or "" for name, to in row["outcomes"].items()}
    return values | changes


def test_lead_orders_by_buttons_looks_and_adopts(
    app: Flask, world: World, db_session: Session
) -> None:
    complete_scheme(world)
    proposal = make_in_review(world)
    opine(world, proposal, {**ALL_NO, "types": "yes", "bunken": "yes"})
    db_session.commit()
    browser = enter(app, "lead")

    moved = browser.post("/triage/guide", data=sent(world, move="up:bunken"))
    order = "bunken,types,core20,keiyu,dpi"
    looked = browser.post("/triage/guide", data=sent(world, order=order, what_if="1"))
    refused = browser.post("/triage/guide", data=sent(world, order=order))
    done = browser.post(
        "/triage/guide", data=sent(world, order=order, reason="分権を先に"), follow_redirects=True
    )

    assert f'value="{order}"' in moved.text
    assert "答えの結果が変わる提案　1件" in looked.text
    assert (refused.status_code, errors_of(refused)) == (422, ["変える理由を入力してください"])
    assert messages_of(done) == ["手引きを改定しました。これから書く意見に使います。"]
    assert current_guide_version(world.round.scheme).content["order"] == order.split(",")


@pytest.mark.parametrize(("login", "status"), [("officer1", 403), ("auditor", 403), ("admin", 302)])
def test_only_lead_and_admin_change_the_guide(
    app: Flask, world: World, db_session: Session, login: str, status: int
) -> None:
    complete_scheme(world)
    db_session.commit()

    answer = enter(app, login).post(
        "/triage/guide", data=sent(world, text_types="新しい問い", reason="見直し")
    )

    assert answer.status_code == status
