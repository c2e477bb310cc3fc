"""Joining after the round (追加共同提案): the lead opens, other bodies join with their own case."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import (
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotFound,
    StaleVersion,
)
from app.proposals.models import Endorsement, JoiningWindow, Proposal
from app.proposals.queries import opened_to_bodies
from app.proposals.services.endorsements import Join, join, withdraw_endorsement
from app.proposals.services.joining import SetWindow, change_window, open_window
from app.proposals.services.submission import Submit, submit
from app.proposals.sharing.joining import all_endorsements_of, endorsement_by, get_opened
from app.triage.services.withdraw import Withdraw, withdraw
from tests.accounts.browser import enter
from tests.factories import (
    ROLE_OF_LOGIN,
    World,
    declare_conflict,
    make_accepted,
    make_draft,
    make_submitted,
    make_world,
)
from tests.proposals.sharing.worlds import (
    accepted_partner,
    endorse,
    letters_to,
    open_joining,
    verbs,
)

OPENS = clock.jst(2024, 8, 5)
CLOSES = clock.jst(2024, 8, 27, 23, 59, 59)
IN_TIME = clock.jst(2024, 8, 20, 10)
AFTER = clock.jst(2024, 9, 2, 10)
SECRETS = ("部署の秘密", "himitsu@example.jp", "法令の秘密", "導入の秘密")


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(IN_TIME):
        world = make_world(opens_at=OPENS, closes_at=CLOSES)
        db_session.commit()
        yield world


@pytest.fixture
def proposal(world: World) -> Proposal:
    return make_submitted(
        world,
        contact_department=SECRETS[0],
        contact_email=SECRETS[1],
        legal_basis=SECRETS[2],
        adoption_status=SECRETS[3],
    )


def opened_ids(session: Session) -> list[int]:
    return list(session.scalars(select(Proposal.id).where(opened_to_bodies())))


def setting(*proposals: Proposal, closes_at: datetime, reason: str = "") -> SetWindow:
    ids = frozenset(proposal.id for proposal in proposals)
    return SetWindow(closes_at=closes_at, note="", proposal_ids=ids, reason=reason)


# --- Windows --------------------------------------------------------------------------------------


def test_window_opens_its_proposals_at_once_and_leaves_a_trace(
    world: World, proposal: Proposal, db_session: Session
) -> None:
    other = make_submitted(world, title="開かない提案")
    before = opened_ids(db_session)

    with clock.at(AFTER):
        open_joining(world, proposal)
        after = opened_ids(db_session)

    assert (before, after) == ([], [proposal.id])
    assert other.id not in after
    assert verbs()[-1] == "joining_window.open"


def test_p26_nothing_is_open_before_the_instant(
    world: World, proposal: Proposal, db_session: Session
) -> None:
    with clock.at(AFTER):
        open_joining(world, proposal)

    seen = {}
    for seconds in (-1, 0, 1):
        with clock.at(AFTER + timedelta(seconds=seconds)):
            seen[seconds] = opened_ids(db_session)

    assert seen == {-1: [], 0: [proposal.id], 1: [proposal.id]}


def test_round_that_still_runs_is_not_opened(world: World, proposal: Proposal) -> None:
    with pytest.raises(IllegalTransition):
        open_joining(world, proposal)


def test_lead_alone_opens(world: World, proposal: Proposal) -> None:
    allowed = set()

    with clock.at(AFTER):
        for login in ROLE_OF_LOGIN:
            command = setting(proposal, closes_at=AFTER + timedelta(days=1))
            try:
                open_window(world.round, command, actor=world[login])
            except NotAllowed:
                continue
            allowed.add(login)

    assert allowed == {"lead"}


def test_drafts_withdrawn_and_conflicting_cases_are_not_opened(world: World) -> None:
    draft, gone, hidden = make_draft(world), make_submitted(world), make_submitted(world)
    command = Withdraw(version=gone.version, reason="取りやめ")
    withdraw(gone, command, actor=world["city-mgr"])
    declare_conflict(world["lead"], proposal=hidden)
    refused = 0

    with clock.at(AFTER):
        for row in (draft, gone, hidden):
            with pytest.raises(InvalidInput):
                open_joining(world, row)
            refused += 1

    assert refused == 3


def test_window_needs_proposals_and_an_end_in_the_future(world: World, proposal: Proposal) -> None:
    with clock.at(AFTER):
        command = SetWindow(closes_at=AFTER, note="", proposal_ids=frozenset())
        with pytest.raises(InvalidInput) as refused:
            open_window(world.round, command, actor=world["lead"])

    assert list(refused.value.errors) == ["proposals", "closes_on"]


def test_every_body_is_written_to_but_not_for_a_practice_round(
    world: World, proposal: Proposal
) -> None:
    with clock.at(AFTER):
        open_joining(world, proposal)
        first = letters_to(world, "other-mgr")
        world.round.is_practice = True
        open_joining(world, proposal)

    assert first == ["【共通化提案】追加共同提案の照会を始めました"]
    assert letters_to(world, "other-mgr") == first
    assert letters_to(world, "officer1") == []


def test_change_of_a_window_keeps_what_the_lead_may_not_see(
    world: World, proposal: Proposal, db_session: Session
) -> None:
    hidden, added = make_submitted(world), make_submitted(world)
    with clock.at(AFTER):
        window = open_joining(world, proposal, hidden)
        declare_conflict(world["lead"], proposal=hidden)
        command = setting(added, closes_at=AFTER + timedelta(days=9), reason="入替え")
        change_window(window, command, version=window.version, actor=world["lead"])
        after = sorted(opened_ids(db_session))

    assert after == [hidden.id, added.id]
    assert window.closes_at == AFTER + timedelta(days=9)
    assert verbs()[-1] == "joining_window.change"


def test_change_of_a_window_needs_a_reason_and_the_present_version(
    world: World, proposal: Proposal
) -> None:
    with clock.at(AFTER):
        window = open_joining(world, proposal)
        command = setting(proposal, closes_at=AFTER + timedelta(days=9))
        with pytest.raises(InvalidInput) as refused:
            change_window(window, command, version=window.version, actor=world["lead"])
        with pytest.raises(StaleVersion):
            change_window(window, command, version=window.version + 1, actor=world["lead"])

    assert list(refused.value.errors) == ["reason"]


# --- Joining --------------------------------------------------------------------------------------


def test_body_joins_once_and_its_changes_keep_the_former_text(
    world: World, proposal: Proposal
) -> None:
    with clock.at(AFTER):
        open_joining(world, proposal)
        first = endorse(world, proposal, "最初の文")
        second = join(
            proposal,
            Join(hardship_case="直した文", replaces_id=first.id),
            actor=world["other-mgr"],
        )

    assert endorsement_by(world["other"], proposal) == second
    assert [row.hardship_case for row in all_endorsements_of(proposal)] == ["最初の文", "直した文"]
    assert verbs()[-2:] == ["proposal.endorse", "proposal.change_endorsement"]


def test_second_page_of_the_same_body_is_too_late(world: World, proposal: Proposal) -> None:
    with clock.at(AFTER):
        open_joining(world, proposal)
        endorse(world, proposal, "最初の文")
        with pytest.raises(StaleVersion):
            endorse(world, proposal, "同僚の文")

    assert [row.hardship_case for row in all_endorsements_of(proposal)] == ["最初の文"]


def test_withdrawn_endorsement_stays_on_record_and_one_may_join_again(
    world: World, proposal: Proposal
) -> None:
    with clock.at(AFTER):
        open_joining(world, proposal)
        first = endorse(world, proposal)
        withdraw_endorsement(proposal, first.id, actor=world["other-mgr"])
        between = endorsement_by(world["other"], proposal)
        again = endorse(world, proposal, "もう一度")

    assert (between, endorsement_by(world["other"], proposal)) == (None, again)
    assert len(all_endorsements_of(proposal)) == 2


def test_nothing_is_withdrawn_where_nothing_was_joined(world: World, proposal: Proposal) -> None:
    with clock.at(AFTER):
        open_joining(world, proposal)
        with pytest.raises(IllegalTransition):
            withdraw_endorsement(proposal, None, actor=world["other-mgr"])


def test_manager_of_another_body_alone_joins(world: World, proposal: Proposal) -> None:
    allowed = set()

    with clock.at(AFTER):
        open_joining(world, proposal)
        for login in ROLE_OF_LOGIN:
            try:
                join(proposal, Join(hardship_case="困っている。"), actor=world[login])
            except NotAllowed:
                continue
            allowed.add(login)

    assert allowed == {"other-mgr"}


def test_partner_does_not_join_its_own_proposal(world: World) -> None:
    proposal = make_draft(world)
    accepted_partner(world, proposal)
    from_draft = proposal.version
    submit_as_manager(world, proposal, from_draft)

    with clock.at(AFTER):
        open_joining(world, proposal)
        with pytest.raises(NotAllowed):
            endorse(world, proposal)


def submit_as_manager(world: World, proposal: Proposal, version: int) -> None:
    submit(proposal, Submit(version=version), actor=world["city-mgr"])


@pytest.mark.parametrize(("seconds", "is_taken"), [(0, True), (1, False)])
def test_closing_second_belongs_to_the_window(
    world: World, proposal: Proposal, seconds: int, is_taken: bool
) -> None:
    end = AFTER + timedelta(days=1)
    with clock.at(AFTER):
        open_joining(world, proposal, days=1)

    with clock.at(end + timedelta(seconds=seconds)):
        try:
            endorse(world, proposal)
        except NotAllowed as refused:
            words = refused.message
        else:
            words = ""

    assert (words == "") is is_taken
    assert ("締め切りました" in words) is not is_taken


def test_own_case_without_words_is_refused(world: World, proposal: Proposal) -> None:
    with clock.at(AFTER):
        open_joining(world, proposal)
        with pytest.raises(InvalidInput):
            endorse(world, proposal, "　\n")


def test_proposal_that_is_not_open_is_not_found(world: World, proposal: Proposal) -> None:
    with clock.at(AFTER):
        with pytest.raises(NotFound):
            endorse(world, proposal)
        with pytest.raises(NotFound):
            get_opened(proposal.receipt_number or "")


def test_withdrawn_proposal_is_closed_to_the_others(world: World, proposal: Proposal) -> None:
    with clock.at(AFTER):
        open_joining(world, proposal)
        endorse(world, proposal)
        command = Withdraw(version=proposal.version, reason="取りやめ")
        withdraw(proposal, command, actor=world["city-mgr"])
        with pytest.raises(NotFound):
            get_opened(proposal.receipt_number or "")

    assert len(all_endorsements_of(proposal)) == 1


def test_proposing_body_is_told(world: World, proposal: Proposal) -> None:
    with clock.at(AFTER):
        open_joining(world, proposal)
        endorse(world, proposal)

    assert letters_to(world, "city")[-1] == "【共通化提案】R6-0001 に追加共同提案がありました"


# --- Pages ----------------------------------------------------------------------------------------


def test_p27_opened_page_shows_the_shared_fields_alone(
    app: Flask, world: World, proposal: Proposal
) -> None:
    with clock.at(AFTER):
        open_joining(world, proposal)
        page = enter(app, "other").get("/joining/R6-0001")
        listed = enter(app, "other").get("/joining")

    shown = [proposal.title, proposal.detail, proposal.requested_measure, proposal.effect]
    assert [text for text in (*shown, "甲子市") if text not in page.text] == []
    assert [text for text in SECRETS if text in page.text + listed.text] == []
    assert "形式確認" not in page.text


def test_page_stays_readable_after_the_end(app: Flask, world: World, proposal: Proposal) -> None:
    with clock.at(AFTER):
        open_joining(world, proposal, days=1)
    with clock.at(AFTER + timedelta(days=2)):
        page = enter(app, "other-mgr").get("/joining/R6-0001")

    assert page.status_code == 200
    assert "追加共同提案の受付は終わりました" in page.text
    assert "この提案に加わる</button>" not in page.text


def test_body_joins_changes_and_leaves_on_the_page(
    app: Flask, world: World, proposal: Proposal
) -> None:
    here = "/joining/R6-0001"
    with clock.at(AFTER):
        open_joining(world, proposal)
        browser = enter(app, "other-mgr")
        empty = browser.post(here, data={"replaces": ""})
        joined = browser.post(here, data={"replaces": "", "hardship_case": "年500時間"})
        first = endorsement_by(world["other"], proposal)
        assert first is not None
        stale = browser.post(here, data={"replaces": "", "hardship_case": "年600時間"})
        left = browser.post(f"{here}/withdraw", data={"replaces": first.id})

    assert (empty.status_code, joined.status_code) == (422, 302)
    assert stale.status_code == 409
    assert "年600時間" in stale.text
    assert left.status_code == 302
    assert endorsement_by(world["other"], proposal) is None


def test_case_page_names_who_joined_to_the_body_and_the_secretariat(
    app: Flask, world: World, proposal: Proposal
) -> None:
    with clock.at(AFTER):
        open_joining(world, proposal)
        endorse(world, proposal, "乙丑市の困りごと")
        pages = {
            login: enter(app, login).get("/proposals/R6-0001")
            for login in ("city", "officer1", "lead")
        }

    assert [login for login, page in pages.items() if "乙丑市の困りごと" not in page.text] == []


def test_other_bodies_do_not_read_who_joined(
    app: Flask, world: World, proposal: Proposal, db_session: Session
) -> None:
    with clock.at(AFTER):
        open_joining(world, proposal)
        endorse(world, proposal, "乙丑市の困りごと")
        db_session.execute(
            Endorsement.__table__.update().values(organization_id=world["city"].organization_id)
        )
        page = enter(app, "other").get("/joining/R6-0001")

    assert page.status_code == 200
    assert "乙丑市の困りごと" not in page.text


def test_lead_opens_a_window_with_the_accepted_ones_chosen(
    app: Flask, world: World, proposal: Proposal, db_session: Session
) -> None:
    accepted = make_accepted(world)
    with clock.at(AFTER):
        lead = enter(app, "lead")
        page = lead.get("/joining/windows/new?round=R6")
        done = lead.post(
            "/joining/windows/new",
            data={"round": "R6", "closes_on": "R6.9.30", "note": "", "proposals": [accepted.id]},
        )
        opened = opened_ids(db_session)
    (window,) = db_session.scalars(select(JoiningWindow))

    assert f'value="{accepted.id}" checked' in page.text
    assert f'value="{proposal.id}" checked' not in page.text
    assert (done.status_code, done.location) == (302, "/joining")
    assert opened == [accepted.id]
    assert clock.to_jst(window.closes_at) == clock.jst(2024, 9, 30, 23, 59, 59)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"closes_on": "zz"},
        {"closes_on": "R6.9.30", "proposals": ["zz"]},
        {"closes_on": "R6.9.30", "proposals": ["999999999"]},
        {"closes_on": "R6.8.1", "proposals": ["1"]},
        {"closes_on": "9999-12-31", "proposals": ["0"]},
    ],
)
def test_bad_window_is_refused_on_the_page(
    app: Flask, world: World, proposal: Proposal, sent: dict[str, object], db_session: Session
) -> None:
    with clock.at(AFTER):
        page = enter(app, "lead").post("/joining/windows/new", data={"round": "R6", **sent})

    assert page.status_code == 422
    assert list(db_session.scalars(select(JoiningWindow))) == []


def test_window_is_changed_on_its_page(app: Flask, world: World, proposal: Proposal) -> None:
    with clock.at(AFTER):
        window = open_joining(world, proposal)
        lead = enter(app, "lead")
        here = f"/joining/windows/{window.id}"
        page = lead.get(here)
        sent = {
            "version": window.version,
            "closes_on": "R6.10.31",
            "proposals": [proposal.id],
            "reason": "延長",
        }
        done = lead.post(here, data=sent)

    assert "令和6年10月2日" in page.text
    assert (done.status_code, done.location) == (302, "/joining")
    assert clock.to_jst(window.closes_at) == clock.jst(2024, 10, 31, 23, 59, 59)


def test_list_has_pages_and_finds_by_words(app: Flask, world: World) -> None:
    drafts = [make_draft(world, title=f"提案その{number}") for number in range(52)]
    # Handed in in another order than they were begun in.
    rows = [drafts[-1], *drafts[:-1]]
    for row in rows:
        submit(row, Submit(version=row.version), actor=world["city-mgr"])
    with clock.at(AFTER):
        open_joining(world, *rows)
        browser = enter(app, "other")
        first, second = browser.get("/joining"), browser.get("/joining?page=2")
        found = browser.get("/joining?q=その51")
        odd = browser.get("/joining?page=99999999999")

    shown = [re.findall(r'href="/joining/(R6-\d+)"', page.text) for page in (first, second)]
    counts = [page.text.count('href="/joining/R6-') for page in (found, odd)]
    assert [*shown[0], *shown[1]] == [f"R6-{number:04d}" for number in range(1, 53)]
    assert (len(shown[0]), counts) == (50, [1, 50])
