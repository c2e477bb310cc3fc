"""Trail and log hold no personal value (P22): addresses, telephone numbers and passwords sent."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, func, select

from app.audit.models import AuditEvent
from app.personal_data.inventory.inputs import PERSONAL_INPUTS
from tests.authorization.posts import Post, posts
from tests.authorization.probing import Prober, sign

MARK = "kanaria7731"
# Fields by what is typed into them; a wrong password of today is typed, too.
SEEDS = {
    "email": f"{MARK}@example.jp",
    "contact_email": f"{MARK}@example.jp",
    "contact": f"03-7731-7731 {MARK}",
    "contact_department": f"企画課 03-7731-7731 {MARK}",
    "password": f"{MARK} shio no kaori mado",
    "concerned": f"{MARK} 03-7731-7731",
    "seen_by": f"{MARK}@example.jp",
}
# Every form that takes personal data is named there; a proposal takes a contact by its round.
ROOMS = {form.split(".")[0] for form in PERSONAL_INPUTS} | {"proposals"}
SIGN_IN = Post("accounts.login", "/login", "", {"login": [f"{MARK}@example.jp"]})


def seeded(post: Post) -> dict[str, list[str]]:
    return {name: [SEEDS[name]] if name in SEEDS else sent for name, sent in post.body.items()}


def new_entries(since: int, into: list[str]) -> Callable[[Connection], None]:
    def look(connection: Connection) -> None:
        found = connection.execute(select(AuditEvent.__table__).where(AuditEvent.seq > since))
        into.extend(repr(tuple(row)) for row in found)

    return look


def test_p22_personal_values_of_every_form_stand_neither_in_trail_nor_log(
    prober: Prober, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    known = {name for names in PERSONAL_INPUTS.values() for name in names.split()}
    found = posts(prober, ">", rooms=ROOMS)
    chosen = [post for post in found if SEEDS.keys() & post.body.keys()]
    since = prober.connection.scalar(select(func.max(AuditEvent.seq))) or 0
    entries: list[str] = []

    answers = {
        post.endpoint: sign(
            prober.open(
                post.path, "POST", post.reader, seeded(post), look=new_entries(since, entries)
            )
        )
        for post in [*chosen, SIGN_IN]
    }

    said = "\n".join([*entries, caplog.text, *capsys.readouterr()])
    assert SEEDS.keys() - {"contact_email", "contact_department"} <= known
    # Forms that were taken, so that there was something to tell of; and what was told.
    assert list(answers.values()).count(">") >= 4, answers
    assert len(entries) >= 4
    assert (said.count(MARK), said.count("7731-7731")) == (0, 0)
