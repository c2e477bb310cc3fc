"""What stood in a proposal at its versions (保存した版): the base of a merge, and who saved last.

A row is written by every saving, and one for the text that was found there when none stood for its
version: whatever version a form was opened with, its text is known exactly or not at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import delete, func, select

from app.accounts.models import User
from app.core import clock
from app.extensions import db
from app.proposals.content import content_of, write_answers
from app.proposals.models import DraftVersion, Proposal

# No form is open for longer: a sign-in ends after hours (SESSION_HOURS).
KEPT_HOURS = 48
PRESSED = 2**31 - 1


class Page(NamedTuple):
    """One showing of the form on one screen (画面), and the how manieth saving of it this is.

    A saving whose answer got lost is followed by another one from the same page: that is no
    conflict. An older one that comes late is.
    """

    form_key: str
    sequence: int

    @property
    def is_autosave(self) -> bool:
        """Whether the page saves by itself (自動保存); the button is the last thing it does."""
        return self.sequence != PRESSED


class Saving(NamedTuple):
    """Who saved a text, and when (保存): aware instant, name of the person."""

    at: datetime
    by: str
    by_id: int


NO_PAGE = Page("", 0)


def keep_found(proposal: Proposal) -> None:
    """Keep the text as it stands now, unless this version is kept already (変更前の版)."""
    if db.session.get(DraftVersion, (proposal.id, proposal.version)) is None:
        _keep(proposal, None, NO_PAGE)


def keep_saved(proposal: Proposal, actor: User, page: Page | None = None) -> None:
    """Keep the text as the actor has just saved it (保存した版)."""
    _keep(proposal, actor.id, page or NO_PAGE)


def keep_all_saved(saved: Sequence[tuple[Proposal, User]]) -> None:
    """Keep the texts as each actor has just saved them (保存した版), all at once."""
    db.session.add_all(_version(proposal, actor.id, NO_PAGE) for proposal, actor in saved)
    db.session.flush()


def _keep(proposal: Proposal, user_id: int | None, page: Page) -> None:
    db.session.add(_version(proposal, user_id, page))
    db.session.flush()


def _version(proposal: Proposal, user_id: int | None, page: Page) -> DraftVersion:
    return DraftVersion(
        proposal_id=proposal.id,
        version=proposal.version,
        content=content_of(proposal),
        saved_at=clock.now(),
        saved_by_id=user_id,
        form_key=page.form_key,
        sequence=page.sequence,
    )


def text_at(proposal: Proposal, version: int) -> Proposal | None:
    """Copy of a proposal with the text of one version, not to be stored; None if unknown (版)."""
    kept = db.session.get(DraftVersion, (proposal.id, version))
    return None if kept is None else _with_text(proposal, kept.content)


def _with_text(proposal: Proposal, content: Mapping[str, Any]) -> Proposal:
    copy = Proposal(round=proposal.round, answers={})
    write_answers(copy, content)
    return copy


def own_version(proposal: Proposal, version: int, actor: User, page: Page | None) -> int:
    """Version that a page may save on top of: its own later ones count as the one it names.

    The answer to an earlier saving of the same page may have got lost on the way.
    """
    if page is None or not page.form_key or version >= proposal.version:
        return version
    later = savings_after(proposal, version)
    is_all_known = len(later) == proposal.version - version
    is_own = all(
        row.saved_by_id == actor.id
        and row.form_key == page.form_key
        and row.sequence < page.sequence
        for row in later
    )
    return proposal.version if is_all_known and is_own else version


def savings_after(proposal: Proposal, version: int) -> list[DraftVersion]:
    """What was saved after a version, newest first (その後の保存)."""
    return list(
        db.session.scalars(
            select(DraftVersion)
            .where(
                DraftVersion.proposal_id == proposal.id,
                DraftVersion.version > version,
                DraftVersion.saved_by_id.is_not(None),
            )
            .order_by(DraftVersion.version.desc())
        )
    )


def last_savings(proposals: Iterable[Proposal]) -> dict[int, Saving]:
    """Who saved each proposal last, and when, by its id (最後の保存)."""
    ids = [proposal.id for proposal in proposals]
    newest = (
        select(DraftVersion.proposal_id, func.max(DraftVersion.version).label("version"))
        .where(DraftVersion.proposal_id.in_(ids), DraftVersion.saved_by_id.is_not(None))
        .group_by(DraftVersion.proposal_id)
        .subquery()
    )
    rows = db.session.scalars(
        select(DraftVersion).join(
            newest,
            (DraftVersion.proposal_id == newest.c.proposal_id)
            & (DraftVersion.version == newest.c.version),
        )
    )
    return {row.proposal_id: saving_of(row) for row in rows if row.saved_by is not None}


def saving_of(row: DraftVersion) -> Saving:
    """Who saved one version, and when (保存)."""
    name = row.saved_by.display_name if row.saved_by else ""
    return Saving(row.saved_at, name, row.saved_by_id or 0)


def changed_names(newer: Mapping[str, Any], older: Mapping[str, Any]) -> set[str]:
    """Names of the answers that differ between two kept texts (変更した項目)."""
    return {name for name in newer.keys() | older.keys() if newer.get(name) != older.get(name)}


def erase_old_versions(moment: datetime) -> int:
    """Forget kept texts that no open form can name any more; return their number (古い版の整理).

    The newest of each proposal stays: it says who saved last.
    """
    kept = (
        select(DraftVersion.proposal_id, func.max(DraftVersion.version).label("version"))
        .where(DraftVersion.saved_by_id.is_not(None))
        .group_by(DraftVersion.proposal_id)
        .subquery()
    )
    is_newest = (
        select(kept.c.version)
        .where(
            kept.c.proposal_id == DraftVersion.proposal_id, kept.c.version == DraftVersion.version
        )
        .exists()
    )
    erased = db.session.scalars(
        delete(DraftVersion)
        .where(DraftVersion.saved_at < moment - timedelta(hours=KEPT_HOURS), ~is_newest)
        .returning(DraftVersion.proposal_id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(erased)
