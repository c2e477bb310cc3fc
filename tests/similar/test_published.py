"""Published cases beside the similar ones (公表された似た提案): only what the public reads."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.core import clock
from app.extensions import db
from app.public.services import WithdrawPublication, withdraw_publication
from app.similar.published import published_cases
from tests.accounts.browser import enter
from tests.factories import World, make_classified, make_world
from tests.public.copies import make_published

NOW = clock.jst(2024, 8, 20, 10)
TITLE = "公共施設の鍵の貸出し"


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


def test_case_of_another_body_is_found_by_its_published_title(app: Flask, world: World) -> None:
    make_published(world, title="公共施設の鍵の（略）")
    db.session.commit()
    other = enter(app, "other")

    pages = [other.get(f"/similar{part}?title={TITLE}").text for part in ("", "/part")]

    for page in pages:
        assert "公表された似た提案" in page
        assert 'href="/public/proposals/R6-0001"' in page
        assert "公共施設の鍵の（略）" in page
        assert world["city"].organization.name not in page
    # The body itself has it as its own case.
    assert published_cases(world["city"], TITLE) == []


def test_words_left_out_of_the_copy_find_nothing(world: World) -> None:
    make_published(world, title="（略）")

    assert published_cases(world["other"], TITLE) == []


def test_p26_nothing_is_found_before_the_hour_nor_after_the_end(world: World) -> None:
    hour = NOW + timedelta(hours=1)
    copy = make_published(world, at=hour, title=TITLE)
    make_classified(world)

    with clock.at(hour - timedelta(seconds=1)):
        before = published_cases(world["other"], TITLE)
    with clock.at(hour):
        on_the_hour = published_cases(world["other"], TITLE)
        withdraw_publication(copy.proposal, WithdrawPublication(reason="誤り"), actor=world["lead"])
        after = published_cases(world["other"], TITLE)

    assert before == []
    assert [case.number for case in on_the_hour] == ["R6-0001"]
    assert after == []
