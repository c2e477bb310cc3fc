"""What changed between two submissions (変更点), and the letters of the returns (補正の依頼)."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.casework.revisions import revisions_view
from app.core import clock
from app.proposals.models import CoProposer, CorrectionRequest, PartnerAnswer, Proposal
from app.proposals.queries import revisions_of
from tests.casework.pages import body_of, sign_in
from tests.factories import World, declare_conflict, make_submitted, make_world
from tests.triage.resubmitting import correct, make_resubmitted, send_back


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def make_twice_corrected(world: World) -> Proposal:
    proposal = make_resubmitted(world)
    send_back(world, proposal)
    correct(world, proposal, detail="夜間の体育館の鍵を、窓口で貸し出している。")
    return proposal


def labels_of(world: World, proposal: Proposal, **chosen: str) -> tuple[int, int, list[str]]:
    view = revisions_view(proposal, world["officer1"], **chosen)
    assert view.before is not None
    assert view.after is not None
    return view.before.number, view.after.number, [change.label for change in view.changes]


def test_last_submission_stands_against_the_one_before(world: World) -> None:
    proposal = make_twice_corrected(world)

    assert labels_of(world, proposal) == (2, 3, ["提案詳細"])


@pytest.mark.parametrize(("first", "second"), [("1", "3"), ("3", "1")])
def test_any_two_submissions_stand_against_each_other(
    world: World, first: str, second: str
) -> None:
    proposal = make_twice_corrected(world)

    found = labels_of(world, proposal, first=first, second=second)

    assert found == (1, 3, ["提案概要", "提案詳細"])


@pytest.mark.parametrize("nonsense", ["0", "4", "-1", "x", "９", "9" * 5000, ""])
def test_number_that_is_none_counts_as_not_given(world: World, nonsense: str) -> None:
    proposal = make_twice_corrected(world)

    assert labels_of(world, proposal, first=nonsense, second=nonsense)[:2] == (2, 3)


def test_files_that_went_and_came_are_named_with_their_sha256(
    world: World, db_session: Session
) -> None:
    proposal = make_resubmitted(world)
    before, after = revisions_of(proposal)
    stayed = file_row("本文.pdf", "a")
    before.files = [stayed, file_row("古い表.xlsx", "b")]
    after.files = [stayed, file_row("新しい表.xlsx", "c")]
    db_session.flush()

    view = revisions_view(proposal, world["officer1"])

    assert view.changes[-1].label == "添付"
    assert [(piece.change.value, piece.text) for piece in view.changes[-1].pieces] == [
        ("same", f"参考資料　本文.pdf（第1版、SHA-256 {'a' * 64}）\n"),
        ("removed", f"参考資料　古い表.xlsx（第1版、SHA-256 {'b' * 64}）\n"),
        ("added", f"参考資料　新しい表.xlsx（第1版、SHA-256 {'c' * 64}）\n"),
    ]


def file_row(name: str, letter: str) -> dict[str, object]:
    return {
        "attachment_id": 1,
        "name": name,
        "sha256": letter * 64,
        "size": 1,
        "kind": "reference",
        "field": "",
        "version": 1,
    }


def test_both_sides_read_the_difference(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    proposal = make_resubmitted(world)

    for login in ("city", "city-mgr", "officer2", "lead", "auditor"):
        sign_in(client, db_session, login)
        page = client.get(f"/proposals/{proposal.reference}/revisions")
        assert page.status_code == 200, login
        [removed] = re.findall("<del><span.*?</del>", page.text)
        assert unescape(re.sub("<[^>]+>", "", removed)) == "［削除］の共通化［削除終わり］", login


def test_stranger_learns_nothing(client: FlaskClient, db_session: Session, world: World) -> None:
    proposal = make_resubmitted(world)

    for login in ("other", "other-mgr", "ministry", "observer", "admin"):
        sign_in(client, db_session, login)
        for page in ("revisions", "corrections/1"):
            found = client.get(f"/proposals/{proposal.reference}/{page}")
            missing = client.get(f"/proposals/R6-9999/{page}")
            assert found.status_code == 404, (login, page)
            assert words_of(found.text) == words_of(missing.text), (login, page)


def words_of(page: str) -> str:
    """Words of a page without the number of the request, which differs each time."""
    return re.sub("要求番号 [0-9a-f]+", "", body_of(page))


def test_conflicted_officer_learns_nothing(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    proposal = make_resubmitted(world)
    declare_conflict(world["officer2"], proposal=proposal)
    sign_in(client, db_session, "officer2")

    assert client.get(f"/proposals/{proposal.reference}/revisions").status_code == 404


def test_contact_stays_between_the_body_and_the_secretariat(world: World) -> None:
    proposal = make_resubmitted(world, contact_department="新しい部署")
    reader = world["observer"]

    view = revisions_view(proposal, reader)

    assert [change.label for change in view.changes] == ["提案概要"]


def make_partner(world: World, proposal: Proposal, session: Session) -> None:
    """Let the other city propose together."""
    now = clock.now()
    session.add(
        CoProposer(
            proposal_id=proposal.id,
            organization_id=world["other"].organization_id,
            asked_by_id=world["city"].id,
            asked_at=now,
            answer=PartnerAnswer.ACCEPTED,
            answered_by_id=world["other-mgr"].id,
            answered_at=now,
        )
    )
    session.flush()


def test_partner_reads_the_difference_without_person_and_contact(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    proposal = make_resubmitted(world, contact_department="新しい部署")
    make_partner(world, proposal, db_session)
    sign_in(client, db_session, "other")

    page = body_of(client.get(f"/proposals/{proposal.reference}/revisions").text)

    assert "提案概要" in page
    assert [words in page for words in ("新しい部署", "甲子市 city-mgr")] == [False, False]


def test_partner_reads_no_letter_of_a_return(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    proposal = make_resubmitted(world)
    make_partner(world, proposal, db_session)
    sign_in(client, db_session, "other-mgr")

    letter = client.get(f"/proposals/{proposal.reference}/corrections/1")
    case = client.get(f"/proposals/{proposal.reference}")

    assert (letter.status_code, case.status_code) == (404, 200)
    assert "対象の業務を書いてください。" not in body_of(case.text)


def test_single_submission_has_nothing_to_compare(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    proposal = make_submitted(world)
    sign_in(client, db_session, "city")

    page = client.get(f"/proposals/{proposal.reference}/revisions")

    assert "比べられる提出はまだありません" in page.text
    assert "変更点</a>" not in page.text


def test_case_page_leads_to_the_letter_and_the_difference(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    proposal = make_resubmitted(world)
    sign_in(client, db_session, "city")

    page = client.get(f"/proposals/{proposal.reference}").text

    assert f'href="/proposals/{proposal.reference}/corrections/1"' in page
    assert f'href="/proposals/{proposal.reference}/revisions"' in page


def test_letter_stands_on_the_page_of_the_body_as_it_was_sent(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    proposal = make_submitted(world)
    send_back(world, proposal)
    sign_in(client, db_session, "city")

    page = client.get(f"/proposals/{proposal.reference}/corrections/1")

    assert "1　提案概要\n　・対象の業務を書いてください。" in page.text
    assert "officer1" not in page.text


@pytest.mark.parametrize("number", ["0", "2", "99999999999999999999"])
def test_letter_that_does_not_exist_is_not_found(
    client: FlaskClient, db_session: Session, world: World, number: str
) -> None:
    proposal = make_submitted(world)
    send_back(world, proposal)
    sign_in(client, db_session, "city")

    assert client.get(f"/proposals/{proposal.reference}/corrections/{number}").status_code == 404


def test_return_from_before_the_letters_shows_its_items(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    proposal = make_submitted(world)
    send_back(world, proposal)
    from_before = proposal.id
    for request in db_session.query(CorrectionRequest).filter_by(proposal_id=from_before):
        request.letter = ""
    sign_in(client, db_session, "city")

    page = client.get(f"/proposals/{proposal.reference}/corrections/1")

    assert "提案概要 対象の業務を書いてください。" in body_of(page.text)
