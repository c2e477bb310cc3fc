"""The blind second opinion (独立した2人目): the first one is not told before the own is saved."""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from zlib import crc32

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.core import clock
from app.core.errors import InvalidInput, NotAllowed
from app.extensions import db
from app.notifications.models import OutboxMessage
from app.proposals.models import Proposal
from app.rounds.services import NewCategory, add_category
from app.triage.blindness import cases_with_hidden_class, is_blind_for, readable_opinions
from app.triage.labels import labels_of
from app.triage.models import Assessment, AssessmentStatus, LabelKind
from app.triage.queries import assessments_of, awaits_lead
from app.triage.services.assess import Assess, Evidence, ViewpointCheck, assess
from app.triage.services.confirm import (
    Confirm,
    Dispute,
    confirm_assessment,
    dispute_assessment,
    give_second_opinion,
)
from app.triage.services.pending import Hold, Resume, hold, resume
from app.workflow.states import FollowUp, State
from tests.accounts.browser import enter
from tests.architecture.test_endpoints import IS_WHOLE, VALUES
from tests.factories import World, make_in_review, make_world
from tests.taking_back import taken_back
from tests.triage.pages import NOW, address, errors_of, messages_of, section_of, typed

CODE, LABEL, POLICY = "Z-9", "伏せた分類の名", "伏せた対応方針"
REASON, QUOTE, WHY = "一人目だけが知る理由", "夜間の体育館の鍵を窓口", "一人目の視点のわけ"
# Endpoints that end the session or change who one is: a reader is not told anything by them.
LEFT_OUT = {"accounts.logout"}
SHARE_OF_OTHER_THINGS = 4


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        world.round.is_second_opinion_blind = True
        row = NewCategory(
            code=CODE,
            key="z9",
            label=LABEL,
            short_label=LABEL,
            response_policy=POLICY,
            follow_up=FollowUp.REVISIT,
            is_evidence_required=False,
            available_from=date(2024, 4, 1),
        )
        add_category(world.round.scheme, row, actor=world["admin"])
        db_session.commit()
        yield world


def first_opinion(world: World, proposal: Proposal, key: str = "z9") -> Assessment:
    command = Assess(
        version=proposal.version,
        category_key=key,
        reason=REASON,
        evidence=(Evidence(register_entry_id=world.entry.id, quote=QUOTE),),
        viewpoints={"is_viewpoint_new_issue": ViewpointCheck(is_met=False, reason=WHY)},
        ratings={"effect": 5, "coordination_cost": None, "viewpoint": 3},
    )
    return assess(proposal, command, actor=world["officer1"])


def second_opinion(world: World, proposal: Proposal, key: str, by: str = "officer2") -> bool:
    [first] = [row for row in assessments_of(proposal) if row.status is AssessmentStatus.OPEN]
    command = Assess(version=proposal.version, category_key=key, reason="二人目の理由")
    return give_second_opinion(proposal, command, assessment_id=first.id, actor=world[by])


# --- The leak test ------------------------------------------------------------------------------


def words_of(answer: TestResponse) -> str:
    """What a reader sees of an answer: no choices of selects, a workbook unpacked."""
    if answer.mimetype.endswith(("sheet", "zip")):
        with zipfile.ZipFile(io.BytesIO(answer.data)) as parts:
            return "".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    text = answer.data.decode("utf-8", "replace")
    return re.sub(r"<option.*?</option>", "", text, flags=re.DOTALL)


def addresses_of(app: Flask, proposal: Proposal) -> list[str]:
    """Every address that can be opened without a change of anything."""
    adapter = app.url_map.bind("localhost")
    known = VALUES | {"receipt_number": proposal.receipt_number}
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in LEFT_OUT:
            continue
        if rule.arguments and "receipt_number" not in rule.arguments and not is_read(rule.endpoint):
            continue
        arguments = {name: known.get(name, 1) for name in rule.arguments}
        found.append(adapter.build(rule.endpoint, arguments))
    more = ("/proposals?q=鍵", "/proposals?state=in_confirmation", "/triage?pile=confirmation")
    return [*found, *more]


def is_read(endpoint: str) -> bool:
    """Whether a page of something else than the case is read: one in four, or all (DOORS=all)."""
    return IS_WHOLE or crc32(endpoint.encode()) % SHARE_OF_OTHER_THINGS == 0


def markers_of(browser: FlaskClient, path: str) -> Counter[str]:
    """How often a page says each thing that only the first opinion could tell."""
    text = words_of(browser.get(path, buffered=True))
    markers = (CODE, LABEL, POLICY, REASON, WHY, f"「{QUOTE}」")
    return Counter({marker: text.count(marker) for marker in markers if marker in text})


def leaks(app: Flask, reader: str, paths: Sequence[str], judge: Callable[[], object]) -> list[str]:
    """Those addresses that say more of the first opinion than they did before it was given.

    They are read after it; those that say such words at all are read again without it.
    """
    browser = enter(app, reader)
    with taken_back():
        judge()
        db.session.commit()
        after = {path: markers_of(browser, path) for path in paths}
    assert [path for path in after if after[path]] != []
    return [path for path, said in after.items() if said and said - markers_of(browser, path)]


@pytest.mark.parametrize("reader", ["officer2", "lead"])
def test_e4_no_page_or_file_tells_the_first_opinion(app: Flask, world: World, reader: str) -> None:
    proposal = make_in_review(world)
    paths = addresses_of(app, proposal)

    assert leaks(app, reader, paths, lambda: first_opinion(world, proposal)) == []


def test_e4_author_is_told_by_the_same_pages(app: Flask, world: World) -> None:
    """The twin that fails: whoever wrote the opinion does read it."""
    proposal = make_in_review(world)

    paths = ["/triage/guide", address(proposal, "triage-record")]

    told = leaks(app, "officer1", paths, lambda: first_opinion(world, proposal))

    assert told == paths[1:]


def test_author_and_auditor_read_the_opinion(app: Flask, world: World, db_session: Session) -> None:
    proposal = make_in_review(world)
    first_opinion(world, proposal)
    db_session.commit()

    pages = [
        enter(app, login).get(address(proposal, "triage-record")).text
        for login in ("officer1", "auditor", "officer2")
    ]

    assert [REASON in page for page in pages] == [True, True, False]


@pytest.mark.parametrize(
    "path", ["/proposals?category=z9", "/triage?pile=confirmation&category=z9"]
)
def test_filters_by_class_do_not_find_what_is_hidden(
    app: Flask, world: World, db_session: Session, path: str
) -> None:
    proposal = make_in_review(world)
    first_opinion(world, proposal)
    proposal.provisional_category = proposal.round.scheme.categories[-1]
    db_session.commit()

    page = enter(app, "officer2").get(path)

    assert page.status_code == 200
    assert proposal.title not in page.text


# --- Answering ----------------------------------------------------------------------------------


def test_second_person_cannot_confirm_or_dispute_unread(
    app: Flask, world: World, db_session: Session
) -> None:
    proposal = make_in_review(world)
    first = first_opinion(world, proposal)
    confirm = Confirm(version=proposal.version, assessment_id=first.id)
    dispute = Dispute(
        version=proposal.version, assessment_id=first.id, category_key="f2", reason="違う"
    )

    with pytest.raises(NotAllowed):
        confirm_assessment(proposal, confirm, actor=world["officer2"])
    with pytest.raises(NotAllowed):
        dispute_assessment(proposal, dispute, actor=world["officer2"])

    db_session.commit()
    browser = enter(app, "officer2")
    answers = [browser.post(address(proposal, name)) for name in ("confirm", "dispute")]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert REASON not in "".join(answer.text for answer in answers)
    assert proposal.state is State.IN_CONFIRMATION


def test_c6_same_class_of_two_settles_the_case(world: World) -> None:
    proposal = make_in_review(world)
    first_opinion(world, proposal)

    is_agreed = second_opinion(world, proposal, "z9")

    assert (is_agreed, proposal.state_name) == (True, "classified_z9")
    first, second = assessments_of(proposal)
    assert (first.status, second.status) == (AssessmentStatus.CONFIRMED,) * 2
    assert (second.first_opinion_id, second.author_id) == (first.id, world["officer2"].id)
    assert first.decision is not None
    assert first.decision.decided_by_id == world["officer2"].id


def test_c7_other_class_is_a_disagreement_that_both_read(
    app: Flask, world: World, db_session: Session
) -> None:
    proposal = make_in_review(world)
    first_opinion(world, proposal)

    is_agreed = second_opinion(world, proposal, "f2")

    db_session.commit()
    assert (is_agreed, proposal.state) == (False, State.IN_REVIEW)
    assert not awaits_lead(proposal)
    page = enter(app, "officer2").get(address(proposal, "triage-record"))
    assert [REASON in page.text, "二人目の理由" in page.text, "不一致" in page.text] == [True] * 3


def test_second_disagreement_goes_to_a_lead_who_has_not_spoken(world: World) -> None:
    proposal = make_in_review(world)
    for by in ("officer2", "officer3"):
        first_opinion(world, proposal)
        second_opinion(world, proposal, "f2", by=by)

    command = Assess(version=proposal.version, category_key="f2", reason="両論を読んだ")
    assess(proposal, command, actor=world["lead"])

    assert proposal.state_name == "classified_f2"
    assert [row.status.value for row in assessments_of(proposal)] == ["disputed"] * 4 + ["decided"]


def test_second_opinion_is_refused_without_its_reason_and_changes_nothing(world: World) -> None:
    proposal = make_in_review(world)
    first = first_opinion(world, proposal)
    command = Assess(version=proposal.version, category_key="z9", reason=" ")

    with pytest.raises(InvalidInput):
        give_second_opinion(proposal, command, assessment_id=first.id, actor=world["officer2"])

    assert (proposal.state, len(assessments_of(proposal))) == (State.IN_CONFIRMATION, 1)


def test_second_opinion_is_for_blind_rounds_only(world: World) -> None:
    world.round.is_second_opinion_blind = False
    proposal = make_in_review(world)
    first_opinion(world, proposal)

    with pytest.raises(NotAllowed):
        second_opinion(world, proposal, "z9")


def test_second_opinion_page_takes_an_opinion_and_keeps_what_was_typed(
    app: Flask, world: World, db_session: Session
) -> None:
    proposal = make_in_review(world)
    first_opinion(world, proposal)
    db_session.commit()
    browser = enter(app, "officer2")

    way = browser.get(address(proposal, "confirm"))
    refused = browser.post(
        address(proposal, "second-opinion"), data=typed(proposal, reason="書きかけ")
    )
    done = browser.post(
        address(proposal, "second-opinion"),
        data=typed(proposal, category_key="z9", reason="独立に考えた"),
        follow_redirects=True,
    )

    assert way.headers["Location"].startswith(address(proposal, "second-opinion"))
    assert (refused.status_code, errors_of(refused)) == (422, ["分類を選んでください"])
    assert "書きかけ" in refused.text
    assert messages_of(done) == [
        f"{proposal.reference}の意見を登録しました。2人の分類が一致し、分類{CODE}が確定しました。"
    ]
    assert "意見 2／2" in section_of(done, "opinions-head")


# --- What stays hidden, and what is told ---------------------------------------------------------


def test_opinion_that_was_set_aside_stays_hidden_until_the_case_is_settled(world: World) -> None:
    proposal = make_in_review(world)
    first_opinion(world, proposal)
    revisit_on = clock.today() + timedelta(days=30)
    command = Hold(version=proposal.version, reason="調査待ち", revisit_on=revisit_on)
    hold(proposal, command, actor=world["officer2"])
    resume(proposal, Resume(version=proposal.version), actor=world["officer2"])

    hidden = [readable_opinions(world["officer2"], proposal)]
    first_opinion(world, proposal)
    assert proposal.provisional_category is None
    assert cases_with_hidden_class(world["officer2"], [proposal]) == {proposal.id}
    second_opinion(world, proposal, "z9")

    assert hidden == [[]]
    assert len(readable_opinions(world["officer2"], proposal)) == 3


@pytest.mark.parametrize(
    ("login", "is_blind"), [("officer1", False), ("officer2", True), ("auditor", False)]
)
def test_blind_is_who_may_be_second(world: World, login: str, is_blind: bool) -> None:
    proposal = make_in_review(world)
    first_opinion(world, proposal)

    assert is_blind_for(world[login], proposal) is is_blind


@pytest.mark.parametrize("key", ["z9", "f2"])
def test_e5_last_opinion_tells_the_lead_once(world: World, db_session: Session, key: str) -> None:
    proposal = make_in_review(world)
    first_opinion(world, proposal)
    second_opinion(world, proposal, key)

    db_session.flush()
    told = select(OutboxMessage.recipient_id).where(OutboxMessage.dedupe_key.like("opinions-in:%"))
    assert list(db_session.scalars(told)) == [world["lead"].id]


def test_c3_labels_come_of_the_opinions_and_change_no_sum(
    world: World, db_session: Session
) -> None:
    proposal = make_in_review(world)
    command = Assess(
        version=proposal.version,
        category_key="f5",
        reason="理由",
        answers={"types": "yes", "core20": "yes", "dpi": "no"},
        viewpoints={
            "is_viewpoint_new_issue": ViewpointCheck(is_met=True),
            "is_viewpoint_timely_data": ViewpointCheck(is_met=True, reason="国への報告がある"),
        },
    )
    assess(proposal, command, actor=world["officer1"])
    before = labels_of(proposal)

    second_opinion(world, proposal, "f5")

    counted = db_session.scalar(
        select(func.count()).select_from(Proposal).where(Proposal.category_id.is_not(None))
    )
    assert (before, counted) == ([], 1)
    assert [(row.kind, row.value) for row in labels_of(proposal)] == [
        (LabelKind.ALSO_MET, "types"),
        (LabelKind.ALSO_MET, "core20"),
        (LabelKind.VIEWPOINT, "is_viewpoint_new_issue"),
        (LabelKind.VIEWPOINT, "is_viewpoint_timely_data"),
    ]
