"""Making a public copy, and throwing it away before it goes out (公表の写し)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from app.accounts.models import User
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, StaleVersion
from app.core.text import is_blank
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.proposals.lifecycle import check_version
from app.proposals.models import Proposal, Publication, PublicationStatus
from app.public.copying import (
    EditableText,
    content_of_case,
    editable_texts,
    key_of,
    public_state,
    with_texts,
)
from app.public.policy import authorize_prepare
from app.public.queries import consent_of, is_publishable, versions_of
from app.public.scan import scan
from app.public.services.trail import keep_trace

NOT_YET = (
    "公表できるのは、結果を知らせて終了した提案か、回答を公開した提案だけです。"
    "練習用の募集回の提案は公表できません。"
)
WAITING_COPY = "この提案には公表待ちの写しがあります。その写しを公表するか、取りやめてください。"
NOT_WAITING = "この写しは公表待ちではありません。公表の画面を開き直して確かめてください。"
UNCHECKED = (
    "公表してよいか確かめる語句があります。直すか、確かめて「公表してよいことを確かめました」に"
    "印を付けてください"
)


@dataclass(frozen=True, kw_only=True)
class PrepareCopy:
    """The texts of a case as they are worded for the public (公表の写しの作成), by their keys."""

    version: int
    texts: Mapping[str, str]
    is_checked: bool = False


@dataclass(frozen=True, kw_only=True)
class Discard:
    """A copy that shall not go out (写しの取りやめ)."""

    version: int


def prepare_copy(proposal: Proposal, command: PrepareCopy, *, actor: User) -> Publication:
    """Make the next version of the public copy of a case (公表の写しの作成): it waits for a lead.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput (by the keys of the texts).
    """
    authorize_prepare(actor, proposal)
    check_version(proposal, command.version)
    _check_possible(proposal)
    consent = consent_of(proposal)
    is_named = consent is not None and consent.is_named
    content = content_of_case(proposal)
    shows_view = consent is not None and consent.shows_view
    if not shows_view:
        content = {**content, "views": []}
    _check_keys(set(command.texts), {text.key for text in editable_texts(content)})
    content = with_texts(content, command.texts)
    _check_texts(proposal, command, editable_texts(content), is_named=is_named)
    copy = Publication(
        proposal_id=proposal.id,
        round_id=proposal.round_id,
        receipt_number=proposal.reference,
        number=_next_number(proposal),
        status=PublicationStatus.PREPARED,
        public_state=public_state(proposal),
        category_code=content["category_code"],
        ministry=content["ministry"],
        is_named=is_named,
        shows_view=shows_view,
        content=content,
        search_key=key_of(content),
        prepared_by_id=actor.id,
        prepared_at=clock.now(),
    )
    db.session.add(copy)
    db.session.flush()
    keep_trace("prepare_publication", proposal, actor, publication_number=copy.number)
    return copy


def discard_copy(publication: Publication, command: Discard, *, actor: User) -> None:
    """Throw a waiting copy away (写しの取りやめ); the next one has the next number.

    Raises NotAllowed, StaleVersion, IllegalTransition.
    """
    authorize_prepare(actor, publication.proposal)
    if publication.version != command.version:
        raise StaleVersion(STALE_MESSAGE)
    if publication.status is not PublicationStatus.PREPARED:
        raise IllegalTransition(NOT_WAITING)
    publication.status = PublicationStatus.DISCARDED
    publication.ended_by_id = actor.id
    publication.ended_at = clock.now()
    db.session.flush()
    keep_trace(
        "discard_publication",
        publication.proposal,
        actor,
        publication_number=publication.number,
    )


def _check_possible(proposal: Proposal) -> None:
    if not is_publishable(proposal):
        raise IllegalTransition(NOT_YET)
    if any(row.status is PublicationStatus.PREPARED for row in versions_of(proposal.id)):
        raise IllegalTransition(WAITING_COPY)


def _check_keys(given: set[str], known: set[str]) -> None:
    # The case gained or lost a text (回答, 見解) while somebody was wording it.
    if given != known:
        raise StaleVersion(STALE_MESSAGE)


def _check_texts(
    proposal: Proposal, command: PrepareCopy, texts: Sequence[EditableText], *, is_named: bool
) -> None:
    errors: dict[str, list[str]] = {
        text.key: [f"{text.label}を入力してください。伏せるときは「（略）」と書いてください"]
        for text in texts
        if is_blank(text.value)
    }
    hits = scan(proposal, texts, is_named=is_named)
    for hit in hits:
        if hit.is_refused:
            errors.setdefault(hit.key, []).append(
                f"{hit.what}（{hit.words}）が入っています。団体名の公表に同意がないため、"
                "言い換えるか「（略）」にしてください"
            )
        elif not command.is_checked:
            errors.setdefault(hit.key, []).append(
                f"{hit.what}（{hit.words}）が入っています。公表してよいか確かめてください"
            )
    if any(not hit.is_refused for hit in hits) and not command.is_checked:
        errors["is_checked"] = [UNCHECKED]
    if errors:
        raise InvalidInput(errors)


def _next_number(proposal: Proposal) -> int:
    last = db.session.scalar(
        select(func.max(Publication.number)).where(Publication.proposal_id == proposal.id)
    )
    return (last or 0) + 1
