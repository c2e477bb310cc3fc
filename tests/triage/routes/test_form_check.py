"""The form check (形式確認の画面)."""

from flask import Flask

from app.proposals.queries import corrections_of
from app.workflow.states import State
from tests.factories import (
    World,
    make_in_review,
    make_returned,
    make_submitted,
)
from tests.triage.pages import address, enter, errors_of, messages_of, section_of, summary_of, typed


def test_form_check_ticks_the_checklist(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    proposal.title = "長" * 101

    page = enter(app, "officer1").get(address(proposal, "form-check"))

    section = section_of(page, "check")
    assert "101 ／ 100文字" in section
    assert "（1文字超えています）" in section
    assert (section.count("badge-late"), section.count("badge-done")) == (1, 7)


def test_accept_says_what_comes_next_and_where_the_next_case_is(app: Flask, world: World) -> None:
    first, second = make_submitted(world), make_submitted(world)

    page = enter(app, "officer1").post(
        address(first, "accept"), data=typed(first, note="問題なし"), follow_redirects=True
    )

    assert first.state is State.ACCEPTED
    assert messages_of(page) == [
        f"{first.reference}を受理しました。次は総括が担当を割り当てます。 "
        f"次の1件：{second.reference}　{second.title}"
    ]
    assert f'href="{address(second, "form-check")}"' in page.text


def test_return_shows_first_what_the_body_will_read(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    rows = {"items-0-field": "title", "items-0-reason": "対象の業務を書いてください。"}

    page = enter(app, "officer1").post(
        address(proposal, "return"), data=typed(proposal, preview="1", **rows)
    )

    assert (page.status_code, proposal.state) == (200, State.SUBMITTED)
    preview = section_of(page, "preview")
    assert "対象の業務を書いてください。" in preview
    assert "令和6年8月27日（火）までに" in preview


def test_return_sends_the_case_back_with_its_reasons(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    rows = {
        "items-0-field": "title",
        "items-0-reason": "対象の業務を書いてください。",
        "items-5-field": "effect",
        "items-5-reason": "件数を書いてください。",
    }

    enter(app, "officer1").post(
        address(proposal, "return"), data=typed(proposal, **every_row(rows))
    )

    [request] = corrections_of(proposal)
    assert proposal.state is State.RETURNED
    assert [(item.field, item.reason) for item in request.items] == [
        ("title", "対象の業務を書いてください。"),
        ("effect", "件数を書いてください。"),
    ]


def every_row(rows: dict[str, str]) -> dict[str, str]:
    names = [f"items-{number}-{name}" for number in range(6) for name in ("field", "reason")]
    return {**dict.fromkeys(names, ""), **rows}


def test_return_without_a_reason_keeps_what_was_typed(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    rows = {"items-0-field": "title", "items-3-reason": "項目を選び忘れた理由"}

    page = enter(app, "officer1").post(
        address(proposal, "return"), data=typed(proposal, **every_row(rows))
    )

    assert (page.status_code, proposal.state) == (422, State.SUBMITTED)
    assert errors_of(page) == [
        "「提案概要」を補正してほしい理由を入力してください",
        "どの項目についての理由かを選んでください",
    ]
    assert summary_of(page) == ["items-0-reason", "items-3-field"]
    assert "項目を選び忘れた理由" in page.text
    assert '<details class="details field" open>' in page.text


def test_return_of_nothing_is_refused_at_the_first_row(app: Flask, world: World) -> None:
    proposal = make_submitted(world)

    page = enter(app, "officer1").post(
        address(proposal, "return"), data=typed(proposal, **every_row({}))
    )

    assert page.status_code == 422
    assert errors_of(page) == ["補正してほしい項目と理由を1つ以上入力してください"]
    assert "<title>エラー：" in page.text


def test_form_check_in_review_offers_the_return_only(app: Flask, world: World) -> None:
    proposal = make_in_review(world)

    page = enter(app, "officer1").get(address(proposal, "form-check"))

    assert "受理する" not in page.text
    assert "団体へ差し戻す" in page.text


def test_form_check_of_a_corrected_case_names_what_changed(app: Flask, world: World) -> None:
    proposal = make_returned(world)
    browser = enter(app, "city-mgr")
    corrected = {
        **{name: value for name, value in world.content().__dict__.items() if value is not None},
        "title": "公共施設の鍵を貸し出す業務",
        "viewpoints": "is_viewpoint_new_issue",
    }
    browser.post(address(proposal, "edit"), data=typed(proposal, **corrected))
    browser.post(address(proposal, "check"), data=typed(proposal))

    page = enter(app, "officer1").get(address(proposal, "form-check"))

    section = section_of(page, "last-correction")
    assert "対象の業務を書いてください。" in section
    assert "前の提出から変わった項目：<b>提案概要</b>" in section
