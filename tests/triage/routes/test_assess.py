"""The triage desk (仕分けの机)."""

from flask import Flask

from app.triage.guide import FIRST_KEYS, GUIDE_VERSION
from app.triage.queries import assessments_of
from app.workflow.states import State
from tests.accounts.browser import enter
from tests.factories import (
    World,
    make_in_confirmation,
    make_in_review,
)
from tests.triage.pages import (
    address,
    complete_scheme,
    errors_of,
    make_twice_disputed,
    messages_of,
    object_to_opinion,
    section_of,
    summary_of,
    typed,
)


def test_assess_keeps_category_evidence_reason_and_answers(app: Flask, world: World) -> None:
    complete_scheme(world)
    proposal, following = make_in_review(world), make_in_review(world)

    page = enter(app, "officer1").post(
        address(proposal, "assess"),
        data=typed(
            proposal,
            category_key="types",
            reason="台帳の行に当たる。",
            **{
                "evidence-0-entry_id": str(world.entry.id),
                "evidence-0-quote": "体育館の鍵",
                **{f"answers-{key}": "no" for key in FIRST_KEYS},
                "answers-types": "yes",
            },
        ),
        follow_redirects=True,
    )

    [opinion] = assessments_of(proposal)
    assert (opinion.category.key, opinion.reason) == ("types", "台帳の行に当たる。")
    assert [(item.register_entry_id, item.quote) for item in opinion.evidence] == [
        (world.entry.id, "体育館の鍵")
    ]
    assert opinion.answers == {
        "guide_version": GUIDE_VERSION,
        "suggestion": "types",
        **dict.fromkeys(FIRST_KEYS, "no"),
        "types": "yes",
    }
    assert messages_of(page) == [
        f"{proposal.reference}の仕分け意見を登録しました。次は、ほかの担当者が確認します。 "
        f"次の1件：{following.reference}　{following.title}"
    ]


def test_assess_shows_the_result_and_loses_nothing(app: Flask, world: World) -> None:
    complete_scheme(world)
    proposal = make_in_review(world)

    page = enter(app, "officer1").post(
        address(proposal, "assess"),
        data=typed(
            proposal,
            show_result="1",
            category_key="f5",
            reason="書きかけの理由",
            near=[str(world.entry.id)],
            **{"answers-types": "yes", "evidence-1-quote": "鍵を窓口で"},
        ),
    )

    assert (page.status_code, proposal.state) == (200, State.IN_REVIEW)
    result = page.text.split('id="result"')[1].split("</div>")[0]
    assert ">A</span>" in result
    assert "対応方針：Aの対応方針" in result
    assert "書きかけの理由" in page.text
    assert '<option selected value="f5">' in page.text
    assert f'<option value="{world.entry.id}" selected>' in page.text
    assert "鍵を窓口で" in page.text
    assert page.text.count('value="yes" checked') == 1


def test_assess_says_which_answer_is_missing(app: Flask, world: World) -> None:
    complete_scheme(world)
    proposal = make_in_review(world)

    page = enter(app, "officer1").post(
        address(proposal, "assess"),
        data=typed(proposal, show_result="1", **{"answers-types": "no"}),
    )

    result = page.text.split('id="result"')[1].split("</div>")[0]
    assert "B　令和6年 分権提案に該当するか" in result


def test_assess_hides_the_guide_of_another_scheme(app: Flask, world: World) -> None:
    proposal = make_in_review(world)

    page = enter(app, "officer1").get(address(proposal, "assess"))

    assert page.status_code == 200
    assert "答えの結果" not in page.text


def test_assess_points_to_register_rows_near_the_text(app: Flask, world: World) -> None:
    complete_scheme(world)
    proposal = make_in_review(world)
    proposal.title, proposal.detail = "台帳の行の転記", "台帳の行を転記している。"

    page = enter(app, "officer1").get(address(proposal, "assess"))

    assert "TYPES 1　台帳の行</a>" in page.text
    assert page.text.count('name="near"') == 1


def test_assess_refusals_stand_at_their_fields(app: Flask, world: World) -> None:
    proposal = make_in_review(world)

    page = enter(app, "officer1").post(
        address(proposal, "assess"), data=typed(proposal, category_key="types")
    )

    assert (page.status_code, proposal.state) == (422, State.IN_REVIEW)
    assert errors_of(page) == [
        "分類Aには、根拠となる台帳の行を1つ以上選んでください",
        "分類の理由を入力してください",
    ]
    assert summary_of(page) == ["evidence-0-entry_id", "reason"]


def test_assess_shows_earlier_opinions_and_disputes(app: Flask, world: World) -> None:
    proposal = make_in_confirmation(world)
    object_to_opinion(world, proposal, "officer2")

    page = enter(app, "officer1").get(address(proposal, "assess"))

    section = section_of(page, "opinions")
    assert "異議あり" in section
    assert "officer2の異議の理由" in section


def test_lead_decides_after_two_disputes_with_both_sides_shown(app: Flask, world: World) -> None:
    proposal = make_twice_disputed(world)
    browser = enter(app, "lead")

    page = browser.get(address(proposal, "assess"))
    done = browser.post(
        address(proposal, "assess"),
        data=typed(proposal, category_key="f2", reason="両論を読んで決めた。"),
        follow_redirects=True,
    )

    section = section_of(page, "opinions")
    assert "異議が2回付いたため、総括が決めます" in section
    assert ["officer2の異議の理由" in section, "officer3の異議の理由" in section] == [True, True]
    assert "この分類に決めて次の1件へ" in page.text
    assert proposal.state_name == "classified_f2"
    assert messages_of(done) == [f"{proposal.reference}を分類F-2に決めました。分類が確定しました。"]


def test_desk_offers_the_other_acts_only_where_they_are_possible(app: Flask, world: World) -> None:
    proposal = make_in_review(world)

    page = enter(app, "officer1").get(address(proposal, "assess"))

    assert f'href="{address(proposal, "hold")}"' in page.text
    assert f'href="{address(proposal, "form-check")}"' in page.text
