"""Requests that carry files (送信の上限): only to endpoints that take them, only when signed in."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.proposals.models import Proposal
from tests.accounts.browser import let_in
from tests.factories import make_draft, make_world
from tests.files.browser import post_files

FIVE_MB = b"1,2,3,4\n" * (5 << 17)


@pytest.fixture
def draft(db_session: Session) -> Proposal:
    draft = make_draft(make_world())
    db_session.commit()
    return draft


def post_large(client: FlaskClient, path: str) -> int:
    return post_files(client, path, [("a.csv", FIVE_MB)]).status_code


def test_five_megabytes_reach_an_endpoint_that_takes_files(
    client: FlaskClient, draft: Proposal
) -> None:
    let_in(client, "city")

    # Its version is missing: it was read, and judged.
    assert post_large(client, f"/proposals/drafts/{draft.id}/attachments") == 409


def test_five_megabytes_are_too_much_for_any_other_endpoint(
    client: FlaskClient, draft: Proposal
) -> None:
    let_in(client, "city")

    assert post_large(client, f"/proposals/drafts/{draft.id}") == 413


def test_strangers_send_no_files(client: FlaskClient, draft: Proposal) -> None:
    assert post_large(client, f"/proposals/drafts/{draft.id}/attachments") == 413


def test_two_hundred_megabytes_and_more_are_refused_unread(
    client: FlaskClient, draft: Proposal
) -> None:
    let_in(client, "city")

    answer = client.post(
        f"/proposals/drafts/{draft.id}/attachments",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(300 << 20)},
    )

    assert answer.status_code == 413
