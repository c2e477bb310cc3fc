"""The form check (形式確認の画面): the checklist, saved as one works; acceptance, taking over."""

import re
from html import unescape

from flask import Flask
from werkzeug.test import TestResponse

from app.proposals.models import Proposal
from app.triage.checklist import LineState, checklist_of
from app.triage.queries import marks_of
from app.workflow.states import State
from tests.accounts.browser import enter
from tests.factories import World, check_off, make_accepted, make_in_review, make_submitted
from tests.triage.pages import address, errors_of, messages_of, section_of, summary_of, typed
from tests.triage.resubmitting import NEW_TITLE, make_resubmitted


def marks_sent(proposal: Proposal, **by_position: str) -> dict[str, str]:
    """Fields of the checklist as a browser sends them: `_0="ok"`, `_1="waived:reason"`."""
    sent: dict[str, str] = {}
    lines = [line for line in checklist_of(proposal) if not line.is_automatic]
    for name, words in by_position.items():
        position = int(name.removeprefix("_"))
        verdict, _, reason = words.partition(":")
        line = lines[position]
        sent |= {
            f"marks-{position}-item": line.key,
            f"marks-{position}-mark_version": str(line.mark.version if line.mark else 0),
            f"marks-{position}-verdict": verdict,
            f"marks-{position}-reason": reason,
        }
    return sent


def every_line_ok(proposal: Proposal) -> dict[str, str]:
    return marks_sent(proposal, **{f"_{position}": "ok" for position in range(6)})


def badges_of(page: TestResponse) -> list[str]:
    return re.findall(r'data-check-state><span class="badge badge-\w+">(.*?)<', page.text)


def test_form_check_shows_what_the_rules_found_and_what_is_open(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    proposal.title = "長" * 101

    page = enter(app, "officer1").get(address(proposal, "form-check"))

    section = section_of(page, "check")
    assert "101 ／ 100文字" in section
    assert "（1文字超えています）" in section
    assert sorted(badges_of(page)) == ["問題あり", *["未確認"] * 6, *["良"] * 8]


def test_saving_keeps_the_marks_and_stays_on_the_page(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    data = typed(proposal, **marks_sent(proposal, _0="ok", _1="waived:電話で確かめた"))

    page = enter(app, "officer1").post(
        address(proposal, "form-check"), data=data, follow_redirects=True
    )

    assert [(mark.verdict.value, mark.reason) for mark in marks_of(proposal, [1])] == [
        ("ok", ""),
        ("waived", "電話で確かめた"),
    ]
    assert messages_of(page) == ["確認の結果を保存しました。まだ受理していません。"]
    assert proposal.state is State.SUBMITTED


def test_saving_shows_another_officer_who_marked_what(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    data = typed(proposal, **marks_sent(proposal, _0="problem:業務名がない"))
    enter(app, "officer1").post(address(proposal, "form-check"), data=data)

    page = enter(app, "officer2").get(address(proposal, "form-check"))

    section = section_of(page, "check")
    assert "業務名がない" in section
    assert "officer1　8月20日（火）10時00分" in section


def test_script_is_told_how_the_lines_stand(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    data = typed(proposal, **marks_sent(proposal, _0="ok"))

    answer = enter(app, "officer1").post(
        address(proposal, "form-check"), data=data, headers={"Accept": "application/json"}
    )

    [first, *_] = [line for line in answer.json["lines"] if line["item"].startswith("item:")]
    assert answer.json["words"] == "8月20日（火）10時00分に保存しました（残り5項目）"
    assert (first["version"], first["label"], first["is_settled"]) == (1, "良", True)


def test_script_is_told_what_was_refused(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    data = typed(proposal, **marks_sent(proposal, _0="waived"))

    answer = enter(app, "officer1").post(
        address(proposal, "form-check"), data=data, headers={"Accept": "application/json"}
    )

    assert answer.status_code == 422
    assert answer.json["words"] == (
        "「1件の提案に、1つの業務だけが書かれている」を免除する理由を入力してください"
    )


def test_mark_over_the_mark_of_a_colleague_is_a_conflict_that_keeps_the_text(
    app: Flask, world: World
) -> None:
    proposal = make_submitted(world)
    seen_by_both = marks_sent(proposal, _0="problem:業務名がない")
    check_off(proposal, world["officer2"])

    page = enter(app, "officer1").post(
        address(proposal, "form-check"), data=typed(proposal, **seen_by_both)
    )

    assert page.status_code == 409
    assert "ほかの人が先に同じ確認項目に印を付けた" in page.text
    assert "業務名がない" in page.text


def test_accept_is_refused_at_each_open_line_and_keeps_what_was_typed(
    app: Flask, world: World
) -> None:
    proposal = make_submitted(world)
    data = typed(
        proposal, note="電話済み", **marks_sent(proposal, _0="ok", _1="problem:主語がない")
    )

    page = enter(app, "officer1").post(address(proposal, "accept"), data=data)

    labels = [line.label for line in checklist_of(proposal) if not line.is_automatic]
    assert (page.status_code, proposal.state) == (422, State.SUBMITTED)
    assert errors_of(page) == [
        f"「{labels[1]}」に問題があります。団体へ差し戻すか、「免除」を選んで理由を書いてください",
        *(f"「{label}」を確かめて、結果を選んでください" for label in labels[2:]),
    ]
    assert [anchor in page.text for anchor in summary_of(page)] == [True] * 5
    assert "電話済み" in page.text
    assert "主語がない" in page.text
    assert marks_of(proposal, [1]) == []


def test_accept_with_every_line_says_what_comes_next(app: Flask, world: World) -> None:
    first = make_submitted(world, title="体育館の鍵の共通化")
    second = make_submitted(world, title="公民館の鍵の共通化")
    data = typed(first, note="問題なし", **every_line_ok(first))

    page = enter(app, "officer1").post(address(first, "accept"), data=data, follow_redirects=True)

    assert first.state is State.ACCEPTED
    assert messages_of(page) == [
        f"{first.reference}を受理しました。次は総括が担当を割り当てます。 "
        f"次の1件：{second.reference}　{second.title}"
    ]
    assert f'href="{address(second, "form-check")}?pile=form_check"' in page.text


def test_accept_with_marks_saved_before_needs_none_again(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    check_off(proposal, world["officer2"])

    enter(app, "officer1").post(address(proposal, "accept"), data=typed(proposal))

    assert proposal.state is State.ACCEPTED


def test_duplicate_is_accepted_with_a_written_waiver_only(app: Flask, world: World) -> None:
    make_submitted(world)
    proposal = make_submitted(world)
    browser = enter(app, "officer1")
    waiver = {"marks-9-item": "duplicates", "marks-9-mark_version": "0"}

    refused = browser.post(
        address(proposal, "accept"), data=typed(proposal, **every_line_ok(proposal))
    )
    browser.post(
        address(proposal, "accept"),
        data=typed(
            proposal,
            **every_line_ok(proposal),
            **waiver,
            **{"marks-9-verdict": "waived", "marks-9-reason": "別の施設のため"},
        ),
    )

    assert refused.status_code == 422
    assert proposal.state is State.ACCEPTED


def test_nonsense_in_the_checklist_changes_nothing(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    nonsense = {
        "marks-0-item": "item:0",
        "marks-0-verdict": "nonsense",
        "marks-0-mark_version": "x",
        "marks-77-item": "item:77x",
        "marks-77-verdict": "ok",
        "marks-77-mark_version": "9" * 5000,
    }

    page = enter(app, "officer1").post(
        address(proposal, "form-check"), data=typed(proposal, **nonsense)
    )

    assert page.status_code == 302
    assert marks_of(proposal, [1]) == []


def test_form_check_in_review_offers_the_return_only(app: Flask, world: World) -> None:
    proposal = make_in_review(world)

    page = enter(app, "officer1").get(address(proposal, "form-check"))

    assert "受理する" not in page.text
    assert "団体へ差し戻す" in page.text


def test_saving_marks_of_an_accepted_case_is_too_late(app: Flask, world: World) -> None:
    proposal = make_accepted(world)

    page = enter(app, "officer1").post(
        address(proposal, "form-check"), data=typed(proposal, **every_line_ok(proposal))
    )

    assert page.status_code == 409


# --- Resubmission --------------------------------------------------------------------------------


def test_resubmission_shows_both_dates_and_the_difference(app: Flask, world: World) -> None:
    proposal = make_resubmitted(world)

    page = enter(app, "officer1").get(address(proposal, "form-check"))

    section = section_of(page, "resubmission")
    assert section.count("令和6年8月20日（火）10時00分") == 2
    assert "あなた（差戻しから続けて確認します）" in section
    changes = section_of(page, "last-correction")
    assert "前の提出からの変更点（1項目）" in changes
    [removed] = re.findall("<del><span.*?</del>", changes)
    assert re.sub("<[^>]+>", "", removed) == "［削除］の共通化［削除終わり］"
    assert NEW_TITLE in unescape(re.sub("<[^>]+>", "", changes))


def test_colleague_sees_whose_it_is_and_takes_it_over(app: Flask, world: World) -> None:
    proposal = make_resubmitted(world)
    browser = enter(app, "officer2")
    before = section_of(browser.get(address(proposal, "form-check")), "resubmission")

    page = browser.post(
        address(proposal, "take-over"),
        data=typed(proposal, from_id=world["officer1"].id),
        follow_redirects=True,
    )

    assert "officer1（差戻しから続けて確認します）" in before
    assert "引き継いで自分が確認する" in before
    assert messages_of(page) == [f"{proposal.reference}の形式確認を引き継ぎました。"]
    assert "あなた（差戻しから続けて確認します）" in section_of(page, "resubmission")


def test_lines_of_a_resubmission_show_what_was_found_before(app: Flask, world: World) -> None:
    proposal = make_resubmitted(world)

    page = enter(app, "officer1").get(address(proposal, "form-check"))

    assert "前回の提出では「問題あり」" in section_of(page, "check")
    assert badges_of(page).count("未確認") == 6


def test_every_state_of_a_line_has_its_word(app: Flask, world: World) -> None:
    proposal = make_submitted(world)
    sent = marks_sent(proposal, _0="ok", _1="waived:理由", _2="problem:理由")
    browser = enter(app, "officer1")
    browser.post(address(proposal, "form-check"), data=typed(proposal, **sent))

    page = browser.get(address(proposal, "form-check"))

    states = {line.state for line in checklist_of(proposal)}
    assert states == set(LineState)
    assert set(badges_of(page)) == {"良", "免除", "問題あり", "未確認"}
