"""The summary at the top of the text, and where its lines lead to (要約, T4)."""

import re

from flask import Flask

from app.extensions import db
from app.triage.routes.case_summary import Quoted, anchored
from app.triage.routes.desk import Piece
from tests.accounts.browser import enter
from tests.factories import World, make_in_confirmation, make_in_review
from tests.triage.pages import address, complete_scheme, section_of

LONG = "公営住宅の家賃の算定に所得の情報が要る。" * 15
ASKED = "家賃の算定に使う<所得>の情報の連携を求める。"


def test_sentences_become_pieces_that_a_link_can_lead_to() -> None:
    pieces = [Piece("前。鍵を", 0), Piece("窓口", 1), Piece("で貸す。後。", 0)]

    assert anchored(pieces, [(2, 10, "summary-1")]) == [
        Piece("前。", 0),
        Quoted("summary-1", [Piece("鍵を", 0), Piece("窓口", 1), Piece("で貸す。", 0)]),
        Piece("後。", 0),
    ]


def test_mark_over_two_sentences_of_the_summary_stays_whole() -> None:
    pieces = [Piece("鍵を貸す。窓口で返す。", 1), Piece("後。", 0)]

    assert anchored(pieces, [(0, 5, "summary-1"), (5, 11, "summary-2")]) == [
        Quoted("summary-1", [pieces[0]]),
        Quoted("summary-2", []),
        pieces[1],
    ]


def test_t4_desk_and_confirmation_lead_from_each_line_to_its_sentence(
    app: Flask, world: World
) -> None:
    complete_scheme(world)
    given, waiting = make_in_review(world), make_in_confirmation(world)
    for proposal in (given, waiting):
        proposal.detail, proposal.requested_measure = LONG, f"次のとおり。\n{ASKED}"
    db.session.commit()

    for login, path in (
        ("officer1", address(given, "assess")),
        ("officer2", address(waiting, "confirm")),
    ):
        page = enter(app, login).get(path)

        lines = re.findall(
            r'<b>求める措置.*?</b> <a href="#(.*?)">(.*?)</a>', section_of(page, "summary")
        )
        escaped = ASKED.replace("<", "&lt;").replace(">", "&gt;")
        assert lines == [("summary-1", escaped)]
        assert f'<span class="summary-sentence" id="summary-1">{escaped}</span>' in page.text


def test_short_text_stands_without_a_summary(app: Flask, world: World) -> None:
    proposal = make_in_review(world)
    db.session.commit()

    page = enter(app, "officer1").get(address(proposal, "assess"))

    assert 'id="summary"' not in page.text
