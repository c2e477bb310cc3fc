"""The menu says where one is (メニュー)."""

import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.accounts.browser import enter
from tests.factories import make_in_review, make_world


@pytest.mark.parametrize(
    ("login", "page", "current"),
    [
        ("officer1", "/assess", "仕分け"),
        ("officer1", "/skip", "仕分け"),
        ("officer1", "", "提案一覧"),
        ("officer1", "/triage-record", "提案一覧"),
        ("city-mgr", "/withdraw", "自団体の提案"),
    ],
)
def test_menu_marks_the_desk_on_its_pages_about_a_case(
    app: Flask, db_session: Session, login: str, page: str, current: str
) -> None:
    proposal = make_in_review(make_world())
    db_session.commit()

    answer = enter(app, login).get(f"/proposals/{proposal.receipt_number}{page}")

    menu = answer.text.split('class="site-nav"')[-1]
    assert answer.status_code == 200
    assert re.findall(r'aria-current="page">(.*?)</a>', menu)[:1] == [current]
