"""The page of the search (検索の画面): what each reader finds, and what nobody can read off it."""

import re
from html import unescape
from urllib.parse import quote

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import true
from werkzeug.test import TestResponse

from app.core import clock
from app.extensions import db
from app.proposals.models import CoProposer, PartnerAnswer, Proposal
from app.proposals.services.drafts import start_draft
from app.proposals.services.submission import Submit, submit
from app.registers.models import AliasKind, RegisterAlias
from app.rounds.models import FieldAudience, Round
from app.rounds.queries import named_rounds
from app.rounds.services import NewRound, create_round
from app.search.language import read_query
from app.search.page import search_page
from app.search.queries import hits, read_hits
from app.search.understanding import understand
from app.search_index.rebuild import stale_documents
from app.workflow.handoffs import HandoffState
from tests.accounts.browser import enter
from tests.answers.replies import make_reply, release
from tests.factories import (
    World,
    declare_conflict,
    make_classified,
    make_handoff,
    make_in_review,
    make_submitted,
)

SEARCHES = st.lists(
    st.sampled_from(
        [
            *("夜間", "OR", "-鍵", '"体育館', "(株)", "%", "_", "\\", "*", "🏠", "R6-0001", "NEAR"),
            *(
                '"閉じない',
                "－鍵",
                "状態：仕分け中",
                "期限：＜＝2024-09-01",
                "-",
                "”“",
                "[a-z]+",
                "' OR 1=1",
            ),
            *(
                "葛\U000e0100",
                "\ud800",
                "\x00",
                "a\x00b",
                "あ" * 300,
                "OR OR",
                "-:",
                "::",
                "回:回:R6",
            ),
            *("状態:仕分け中", "状態:審査中", "状態:無", "分類:F-2", "分類:f", "回:R6", "回:R0"),
            *(
                "府省:厚生労働省",
                "府省:x",
                "期限:<2024-09-01",
                "期限:0000-99-99",
                "期限:>9999-12-31",
            ),
            *(
                "担当:officer1",
                "種類:回答",
                "種類:x",
                "団体種別:町村",
                "番号:R6-0001",
                "-回:R6",
                "団体:%",
            ),
        ]
    )
    | st.text(max_size=6),
    max_size=6,
).map(" ".join)
READERS = ("city", "other", "officer1", "auditor", "ministry", "lead")


def open_page(app: Flask, login: str, text: str) -> TestResponse:
    return enter(app, login).get(f"/search?q={quote(text)}")


def numbers_on(page: TestResponse) -> list[str]:
    return re.findall(r'class="receipt-number">([^<]*)<', page.text)


def facets_on(page: TestResponse) -> list[tuple[str, int]]:
    """Address and count of every value of the facets."""
    aside = page.text.partition("search-facets")[2].partition("</aside>")[0]
    found = re.findall(r'<li><a href="([^"]+)">[^<]*</a> <span class="muted">([0-9,]+)件', aside)
    return [(unescape(url), int(count)) for url, count in found]


def count_on(page: TestResponse) -> int:
    found = re.search(r'class="section-note">([0-9,]+)件', page.text)
    return int(found[1]) if found else 0


def titled(world: World, title: str) -> str:
    return make_submitted(world, title=title).receipt_number or ""


def test_width_kana_and_long_vowels_make_no_difference(app: Flask, world: World) -> None:
    number = titled(world, "戸籍のルーター")
    titled(world, "住民の窓口")

    pages = [
        open_page(app, "officer1", text)
        for text in (
            "ﾙｰﾀｰ",
            "るーたー",
            "ルータ",
            "戸籍",
            "籍",
            "ルータ 戸籍",
            "-住民 種類:提案",
            number,
        )
    ]

    assert [numbers_on(page) for page in pages[:6]] == [[number]] * 6
    assert numbers_on(pages[6]) == [number]
    assert numbers_on(pages[7]) == [number]
    assert "戸籍の<mark>ルーター</mark>" in pages[0].text


def test_a_word_is_read_as_a_receipt_number_by_every_reader(app: Flask, world: World) -> None:
    first = make_handoff(world, make_classified(world)).proposal
    second, other = make_submitted(world, title="鍵"), case_of_other(world)
    other.receipt_sequence, other.receipt_number = 71, "R6-0071"
    first.title = "71の鍵"
    share_not(world, "hardship_case")
    texts = ("1", "R6-1", "ｒ６－０００２", '"R6-0001"', "2 OR 71", "7", "鍵 -2", "0071 鍵")

    found = {
        login: [numbers_on(open_page(app, login, f"{text} 種類:提案")) for text in texts]
        for login in ("lead", "city", "other", "ministry")
    }
    listed = {
        text: [row.receipt_number for row in (first, second, other) if is_listed(app, row, text)]
        for text in ("1", "R6-1", "7", "71")
    }

    # 71 is a number, and stands in the title of R6-0001; 1 and 7 are no letters of a number.
    one, two, last = "R6-0001", "R6-0002", "R6-0071"
    assert found == {
        "lead": [[one], [one], [two], [], [last, two, one], [one], [last, one], [last]],
        "city": [[one], [one], [two], [], [two, one], [one], [one], []],
        "other": [[], [], [], [], [last], [], [last], [last]],
        "ministry": [[one], [one], [], [], [one], [one], [one], []],
    }
    assert listed == {"1": [one], "R6-1": [one], "7": [one], "71": [one, last]}
    assert "<mark>71</mark>の鍵" in open_page(app, "lead", "71").text


def is_listed(app: Flask, case: Proposal, text: str) -> bool:
    """Whether the list of the secretariat has a case among those of a search."""
    page = enter(app, "lead").get(f"/proposals?q={quote(text)}").text
    return f'/proposals/{case.receipt_number}"' in page


def test_other_names_of_the_registers_are_looked_for_both_ways(app: Flask, world: World) -> None:
    world.entry.title = "公営住宅"
    world.entry.aliases.append(
        RegisterAlias(text="住宅使用料", kind=AliasKind.OTHER_NAME, reason="試験")
    )
    first, second = titled(world, "公営住宅の管理"), titled(world, "住宅使用料の収納")

    by_alias = open_page(app, "officer1", "住宅使用料 種類:提案")
    by_name = open_page(app, "officer1", "公営住宅 種類:提案")
    exact = open_page(app, "officer1", '"住宅使用料" 種類:提案')

    assert numbers_on(by_alias) == numbers_on(by_name) == [second, first]
    assert "（公営住宅）も含めて探しました" in by_alias.text
    assert numbers_on(exact) == [second]


def test_each_facet_opens_a_list_of_its_count(app: Flask, world: World) -> None:
    make_in_review(world)
    make_handoff(world, make_classified(world), state=HandoffState.SENT)
    titled(world, "夜間の鍵")
    page = open_page(app, "lead", "夜間")
    facets = facets_on(page)
    opened = [count_on(enter(app, "lead").get(url)) for url, _count in facets]

    assert count_on(page) == 3
    assert len(facets) >= 3
    assert opened == [count for _url, count in facets]


def test_pages_follow_one_another_without_gap(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.search.page.PAGE_SIZE", 3)
    monkeypatch.setattr("app.search.queries.PAGE_SIZE", 3)
    numbers = [titled(world, f"夜間の鍵{number}") for number in range(5)]
    browser = enter(app, "lead")
    first = browser.get(f"/search?q={quote('夜間')}")
    following = re.search(r'href="([^"]+)" rel="next"', first.text)
    assert following is not None
    second = browser.get(unescape(following[1]))
    preceding = re.search(r'href="([^"]+)" rel="prev"', second.text)
    assert preceding is not None

    assert [*numbers_on(first), *numbers_on(second)] == numbers[::-1]
    assert numbers_on(browser.get(unescape(preceding[1]))) == numbers_on(first)
    assert browser.get("/search?q=x&cursor=zz").status_code == 200


def test_p26_replies_are_found_by_bodies_only_after_the_release(app: Flask, world: World) -> None:
    case = make_classified(world)
    reply = make_reply(world, case, text="来年度に改修する予定")
    before = {login: numbers_on(open_page(app, login, "改修")) for login in READERS}

    release(world, reply)
    after = {login: numbers_on(open_page(app, login, "改修")) for login in READERS}

    found, nothing = [case.receipt_number], list[str]()
    inner = {"officer1": found, "auditor": found, "ministry": found, "lead": found}
    assert before == {"city": nothing, "other": nothing, **inner}
    assert after == {"city": found, "other": nothing, **inner}


def test_fields_of_the_desk_are_none_for_a_body(app: Flask, world: World) -> None:
    make_in_review(world)

    page = open_page(app, "city", "夜間 分類:F 担当:officer1")

    assert count_on(page) == 1
    assert page.text.count("の条件は使えないため、外して探しました") == 2


def share_not(world: World, name: str) -> None:
    """Let a field of the form stay between the body and the secretariat (内部の項目)."""
    field = next(row for row in world.round.form_fields if row.name == name)
    field.audience = FieldAudience.BODY_AND_SECRETARIAT
    db.session.flush()


def test_fields_that_are_not_shared_are_found_by_own_body_and_secretariat_alone(
    app: Flask, world: World
) -> None:
    case = make_handoff(world, make_classified(world)).proposal
    make_partner(world, case)
    case.hardship_case = "夜間の行列が庁外まで延びる"
    share_not(world, "hardship_case")

    inner = {login: open_page(app, login, "夜間 行列 種類:提案") for login in READERS}
    shared = {login: numbers_on(open_page(app, login, "夜間")) for login in READERS}
    lists = {login: enter(app, login).get("/proposals?q=行列").text for login in ("city", "lead")}

    found, nothing = [case.receipt_number], list[str]()
    readers = {"city": found, "officer1": found, "auditor": found, "lead": found}
    assert {login: numbers_on(page) for login, page in inner.items()} == {
        **readers,
        "other": nothing,
        "ministry": nothing,
    }
    assert shared == {**readers, "other": found, "ministry": found}
    assert "<mark>行列</mark>が庁外まで" in inner["lead"].text
    assert all(str(case.receipt_number) in page for page in lists.values())
    assert stale_documents() == []


def test_contacts_are_found_by_nobody(app: Flask, world: World) -> None:
    titled(world, "鍵")
    share_not(world, "hardship_case")

    pages = [open_page(app, login, world.content().contact_department) for login in READERS]

    assert [numbers_on(page) for page in pages] == [[]] * len(READERS)


def make_partner(world: World, case: Proposal) -> None:
    """Let the other city propose with it (共同提案)."""
    db.session.add(
        CoProposer(
            proposal_id=case.id,
            organization_id=world["other"].organization_id,
            asked_by_id=world["city"].id,
            asked_at=clock.now(),
            answer=PartnerAnswer.ACCEPTED,
            answered_by_id=world["other-mgr"].id,
            answered_at=clock.now(),
        )
    )
    db.session.flush()


@pytest.mark.parametrize("text", ["夜間", "夜間 -廃止"])
def test_all_hits_are_counted_when_asked(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    make_in_review(world)
    for number in range(3):
        titled(world, f"夜間の鍵{number}")
    whole = open_page(app, "lead", text)
    monkeypatch.setattr("app.search.page.MOST_COUNTED", 2)

    bounded = open_page(app, "lead", text)
    counted = enter(app, "lead").get(f"/search?q={quote(text)}&count=all")

    assert "2件以上" in bounded.text
    assert facets_on(bounded) == []
    assert count_on(counted) == count_on(whole) == 4
    assert facets_on(counted) == facets_on(whole) != []


def shown_to(app: Flask, login: str, text: str) -> str:
    page = open_page(app, login, text)
    assert page.status_code == 200
    # The frame around it has the clock of the server.
    main = page.text.partition("<main")[2].partition("</main>")[0]
    # Each page has keys of its own for the form that saves it.
    return re.sub(r'出力日時.*?</p>|name="(form_key|csrf_token)" value="[^"]*"', "", main)


@pytest.mark.parametrize("text", ["夜間", "団体:他 夜間", "-夜間", "状態:終了", "R6-0002", "回:R6"])
def test_k4_p25_page_is_the_same_whatever_hidden_cases_hold(
    app: Flask, world: World, text: str
) -> None:
    """Each reader's page, byte for byte, beside hidden cases that match, change and go."""
    seen = make_handoff(world, make_classified(world)).proposal
    declare_conflict(world["officer1"], body=world["other"].organization)
    hidden_from = ("city", "ministry", "officer1")
    before = {login: shown_to(app, login, text) for login in hidden_from}

    hidden = case_of_other(world)
    added = {login: shown_to(app, login, text) for login in hidden_from}
    hidden.title = "鍵と夜間と終了"
    changed = {login: shown_to(app, login, text) for login in hidden_from}

    assert seen.receipt_number != hidden.receipt_number
    assert before == added == changed


def case_of_other(world: World) -> Proposal:
    draft = start_draft(world.round, world.content(), actor=world["other"])
    submit(draft, Submit(version=draft.version), actor=world["other-mgr"])
    return draft


def test_people_without_matters_of_their_own_have_no_search(app: Flask, world: World) -> None:
    codes = {login: open_page(app, login, "夜間").status_code for login in ("observer", "admin")}

    assert codes == {"observer": 403, "admin": 403}
    assert app.test_client().get("/search?q=a").status_code == 302


def test_practice_is_found_only_by_who_asks_for_it(app: Flask, world: World) -> None:
    make_submitted(world)
    world.round.is_practice = True
    db.session.flush()

    with app.test_request_context():
        counts = [
            search_page(world[login], {"q": text}, chosen).count
            for login, text, chosen in (
                ("lead", "夜間", None),
                ("lead", "夜間 回:R6", None),
                ("lead", "夜間", world.round),
                ("city", "夜間", None),
                ("ministry", "夜間 回:R6", None),
            )
        ]

    assert counts == [0, 1, 1, 1, 0]


def test_markup_in_texts_and_searches_stays_text(app: Flask, world: World) -> None:
    titled(world, "<script>alert(1)</script>夜間")

    page = open_page(app, "lead", "<script> 夜間 &amp; OR alert")

    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in page.text


@pytest.mark.parametrize("login", ["lead", "city", "ministry"])
def test_k2_no_search_fails_or_is_left_without_words(app: Flask, world: World, login: str) -> None:
    make_handoff(world, make_classified(world))
    actor = world[login]

    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(text=SEARCHES)
    def answer(text: str) -> None:
        page = search_page(actor, {"q": text, "cursor": text}, None)
        assert page.rows or page.understood.problems or not page.count

    with app.test_request_context():
        answer()


@pytest.mark.parametrize("value", ["Z-9", "-"])
def test_class_that_is_none_is_said_and_left_out(app: Flask, world: World, value: str) -> None:
    page = open_page(app, "officer1", f'夜間 分類:"{value}"')

    assert page.status_code == 200
    said = re.findall("「分類:[^」]*」は見つからないため、この条件を外して探しました。", page.text)
    assert len(said) == 1
    assert numbers_on(page) == numbers_on(open_page(app, "officer1", "夜間"))


def test_p25_reader_of_all_finds_what_the_lists_show_and_no_draft(app: Flask, world: World) -> None:
    case = make_classified(world)
    make_reply(world, case, text="夜間に改修する")
    share_not(world, "hardship_case")
    make_submitted(world, title="夜間の鍵")
    draft = start_draft(world.round, world.content(), actor=world["city"])
    practice = case_of_other(world)
    practice.round = practice_round(world)
    lead, rounds = world["lead"], list(db.session.scalars(named_rounds()))

    for text in ("夜間", "-改修"):
        found = understand(read_query({"q": text}), lead, rounds, None)
        quick, as_the_lists = (
            read_hits(hits(lead, found.wanted, conditions, found.within))
            for conditions in ([], [true()])
        )

        assert quick == as_the_lists
        assert {case.id} < {hit.case_id for hit in quick}
        assert not {draft.id, practice.id} & {hit.case_id for hit in quick}


def practice_round(world: World) -> Round:
    opens_at, closes_at = world.round.opens_at, world.round.closes_at
    command = NewRound(
        key="R8",
        label="練習",
        name="練習",
        opens_at=opens_at,
        closes_at=closes_at,
        is_practice=True,
    )
    return create_round(world.round.scheme, command, actor=world["admin"])


def test_counting_all_ends_at_a_limit_and_says_so(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        titled(world, f"夜間の鍵{number}")
    monkeypatch.setattr("app.search.page.MOST_COUNTED", 2)
    monkeypatch.setattr("app.search.page.MOST_COUNTED_OF_ALL", 3)

    counted = enter(app, "lead").get(f"/search?q={quote('夜間')}&count=all").text

    assert "3件以上" in counted
    assert "3件を超えるため、そこで数えるのをやめました" in counted
    assert "すべて数える" not in counted
