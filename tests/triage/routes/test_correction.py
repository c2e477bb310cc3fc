"""Return to the body (差戻しの画面): rows, phrases, problems taken over, preview, sending."""

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.notifications.models import OutboxMessage
from app.proposals.models import Proposal
from app.proposals.queries import corrections_of
from app.rounds.queries import correction_phrases
from app.triage.checklist import checklist_of
from app.triage.queries import marks_of
from app.workflow.states import State
from tests.accounts.browser import enter
from tests.factories import World, make_in_review, make_submitted
from tests.triage.pages import address, errors_of, section_of, summary_of, typed


def rows(*items: tuple[str, str]) -> dict[str, str]:
    """Rows of the form as a browser sends them: (what to correct, why)."""
    sent: dict[str, str] = {}
    for number, (field, reason) in enumerate(items):
        sent |= {f"items-{number}-field": field, f"items-{number}-reason": reason}
    return sent


def first_line(proposal: Proposal) -> str:
    return next(line.key for line in checklist_of(proposal) if not line.is_automatic)


def problem_sent(proposal: Proposal, reason: str) -> dict[str, str]:
    return {
        "marks-0-item": first_line(proposal),
        "marks-0-mark_version": "0",
        "marks-0-verdict": "problem",
        "marks-0-reason": reason,
    }


def test_preview_shows_the_letter_and_the_mail_as_they_will_be(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    data = typed(
        proposal,
        preview="1",
        **rows(("title", "業務名がない。"), ("title", "主語がない。")),
    )

    page = enter(app, "officer1").post(address(proposal, "return"), data=data)

    preview = section_of(page, "preview")
    assert (page.status_code, proposal.state) == (200, State.SUBMITTED)
    assert "1　提案概要\n　・業務名がない。\n　・主語がない。" in preview
    assert "補正の期限　令和6年8月27日（火）" in preview
    assert "【要対応・8月27日（火）まで】R6-0001 の補正をお願いします" in preview
    assert "知らせのメールの文面（2人あて）" in preview


def test_letter_goes_out_exactly_as_it_was_previewed(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    browser = enter(app, "officer1")
    items = rows(("effect", "件数を書いてください。"), ("proposal", "主語を補ってください。"))
    preview = browser.post(address(proposal, "return"), data=typed(proposal, preview="1", **items))

    browser.post(address(proposal, "return"), data=typed(proposal, **items))

    [request] = corrections_of(proposal)
    assert request.letter in section_of(preview, "preview")
    letter = enter(app, "city").get(address(proposal, "corrections/1"))
    assert request.letter in letter.text


def test_return_sends_the_case_back_with_its_reasons(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    items = rows(("title", "業務名がない。"), ("", ""), ("section:title", "主語がない。"))

    enter(app, "officer1").post(address(proposal, "return"), data=typed(proposal, **items))

    [request] = corrections_of(proposal)
    assert proposal.state is State.RETURNED
    assert [(item.field, item.reason) for item in request.items] == [
        ("title", "業務名がない。"),
        ("section:title", "主語がない。"),
    ]


def test_return_keeps_the_marks_that_were_typed(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    data = typed(
        proposal, **problem_sent(proposal, "2つの業務がある"), **rows(("proposal", "分けること。"))
    )

    enter(app, "officer1").post(address(proposal, "return"), data=data)

    assert [(mark.verdict.value, mark.reason) for mark in marks_of(proposal, [1])] == [
        ("problem", "2つの業務がある")
    ]


def test_return_from_review_needs_no_checklist(app: Flask, world: World) -> None:
    proposal = make_in_review(world)
    items = rows(("title", "業務名がない。"))

    enter(app, "officer1").post(address(proposal, "return"), data=typed(proposal, **items))

    assert proposal.state is State.RETURNED


def test_problem_is_taken_over_with_one_press_and_nothing_is_lost(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    data = typed(
        proposal,
        take=first_line(proposal),
        note="書きかけのメモ",
        **problem_sent(proposal, "2つの業務がある"),
        **rows(("effect", "先に書いた理由")),
    )

    page = enter(app, "officer1").post(address(proposal, "return"), data=data)

    section = section_of(page, "return")
    assert (page.status_code, proposal.state) == (200, State.SUBMITTED)
    assert [words in page.text for words in ("書きかけのメモ", "先に書いた理由")] == [True, True]
    assert '<option selected value="proposal">提案全体</option>' in section
    assert "2つの業務がある</textarea>" in section
    assert corrections_of(proposal) == []


def test_every_problem_is_taken_over_at_once(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    proposal.title = "長" * 101
    data = typed(proposal, take="every", **problem_sent(proposal, "2つの業務がある"))

    page = enter(app, "officer1").post(address(proposal, "return"), data=data)

    section = section_of(page, "return")
    assert "1文字超えています" in section
    assert "2つの業務がある</textarea>" in section


def test_taking_the_same_problem_twice_makes_one_row(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    data = typed(
        proposal,
        take=first_line(proposal),
        **problem_sent(proposal, "2つの業務がある"),
        **rows(("proposal", "2つの業務がある")),
    )

    page = enter(app, "officer1").post(address(proposal, "return"), data=data)

    assert section_of(page, "return").count("2つの業務がある") == 1


def test_phrase_stands_in_front_of_what_was_typed(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    phrase = correction_phrases(world.round)[0]
    data = typed(proposal, **{"items-0-phrase": str(phrase.id), "items-0-reason": "特に後半です。"})

    enter(app, "officer1").post(address(proposal, "return"), data=data)

    [request] = corrections_of(proposal)
    assert [(item.field, item.reason) for item in request.items] == [
        ("title", f"{phrase.text}\n特に後半です。")
    ]


def test_phrase_that_the_browser_put_in_already_is_not_doubled(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    phrase = correction_phrases(world.round)[0]
    data = typed(
        proposal,
        **{
            "items-0-phrase": str(phrase.id),
            "items-0-field": "detail",
            "items-0-reason": phrase.text,
        },
    )

    enter(app, "officer1").post(address(proposal, "return"), data=data)

    [request] = corrections_of(proposal)
    assert [(item.field, item.reason) for item in request.items] == [("detail", phrase.text)]


def test_more_rows_come_on_request_up_to_the_limit(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    browser = enter(app, "officer1")
    many = rows(*[("title", f"理由{number}") for number in range(39)])

    some = browser.post(address(proposal, "return"), data=typed(proposal, add="1"))
    full = browser.post(address(proposal, "return"), data=typed(proposal, add="1", **many))

    assert some.text.count("data-correction-row") == 6
    assert full.text.count("data-correction-row") == 40


def test_return_without_a_reason_keeps_what_was_typed(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    items = rows(("title", ""), ("", "選び忘れた理由"))

    page = enter(app, "officer1").post(address(proposal, "return"), data=typed(proposal, **items))

    assert (page.status_code, proposal.state) == (422, State.SUBMITTED)
    assert errors_of(page) == [
        "「提案概要」を補正してほしい理由を入力してください",
        "どこについての理由かを選んでください",
    ]
    assert summary_of(page) == ["items-0-reason", "items-1-field"]
    assert "選び忘れた理由" in page.text


def test_return_of_nothing_is_refused_at_the_first_row(app: Flask, world: World) -> None:
    proposal = make_submitted(world)

    page = enter(app, "officer1").post(
        address(proposal, "return"), data=typed(proposal, **rows(("", "")))
    )

    assert page.status_code == 422
    assert errors_of(page) == ["補正してほしい項目と理由を1つ以上入力してください"]
    assert "<title>エラー：" in page.text


def test_preview_of_nothing_is_refused_as_the_sending_would_be(app: Flask, world: World) -> None:
    proposal = make_submitted(world)

    page = enter(app, "officer1").post(
        address(proposal, "return"), data=typed(proposal, preview="1")
    )

    assert errors_of(page) == ["補正してほしい項目と理由を1つ以上入力してください"]


def test_unknown_field_is_refused_in_words(app: Flask, world: World) -> None:
    proposal = make_submitted(world)

    page = enter(app, "officer1").post(
        address(proposal, "return"), data=typed(proposal, **rows(("state", "理由")))
    )

    assert errors_of(page) == ["補正してほしいところを一覧から選んでください"]


def test_preview_sends_nothing(app: Flask, world: World, db_session: Session) -> None:
    proposal = make_submitted(world)
    data = typed(proposal, preview="1", **rows(("title", "理由")))
    letters = select(func.count()).select_from(OutboxMessage)
    before = db_session.scalar(letters)

    enter(app, "officer1").post(address(proposal, "return"), data=data)

    assert db_session.scalar(letters) == before
    assert corrections_of(proposal) == []
