"""Two leads who release the same reply at the same moment (同時の公開): one of them does."""

from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import User
from app.answers.services.release import ChosenReply, Release, release_replies
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.handoffs.models import BodyView, Reply, ReplyRelease
from app.rounds.queries import get_round
from tests.answers.replies import make_reply
from tests.consultations.test_concurrency import at_once
from tests.factories import make_world


def test_reply_released_by_two_leads_at_once_is_released_once(committed_app: Flask) -> None:
    with committed_app.app_context(), unit_of_work():
        reply = make_reply(make_world())
        chosen = (ChosenReply(reply_id=reply.id, version=reply.version),)

    def release() -> None:
        round_ = get_round("R6")
        assert round_ is not None
        lead = db.session.scalars(select(User).where(User.login == "lead")).one()
        release_replies(round_, Release(replies=chosen, confirmed_count=1), actor=lead)

    ends = at_once(committed_app, release, 2)

    with committed_app.app_context():
        releases = db.session.scalar(select(func.count(ReplyRelease.id)))
        views = db.session.scalar(select(func.count(BodyView.id)))
        released = db.session.scalars(select(Reply.release_id)).all()
    assert sorted(ends) == ["StaleVersion", "done"]
    assert (releases, views, len(released), None in released) == (1, 1, 1, False)
