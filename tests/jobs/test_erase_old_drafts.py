"""Job `erase_old_drafts` (古い版・送信キーの整理)."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.posted_form import PostedForm
from app.jobs.erase_old_drafts import erase_old_drafts
from app.proposals.models import DraftVersion
from tests.accounts.browser import enter
from tests.factories import make_world
from tests.proposals.saving import new_key, typed


def test_job_erases_keys_and_versions_and_the_second_run_finds_nothing(
    app: Flask, db_session: Session
) -> None:
    make_world()
    db_session.commit()
    browser = enter(app, "city")
    made = browser.post("/proposals/new", data=typed(form_key=new_key()))
    browser.post(made.location, data=typed(1, title="次の題", form_key=new_key()))

    runs = [erase_old_drafts(clock.now() + timedelta(days=8)) for _ in range(2)]

    # Two keys and the first version; the newest version stays.
    assert runs == [3, 0]
    assert db_session.scalars(select(DraftVersion.version)).all() == [2]
    assert db_session.scalar(select(func.count()).select_from(PostedForm)) == 0
