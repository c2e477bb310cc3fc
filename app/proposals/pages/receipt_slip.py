"""The receipt as a document (受付票): what was received, when, from whom, with which files."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from app.accounts.models import User
from app.core import clock
from app.core.documents import write_pdf
from app.core.eras import format_datetime
from app.core.letterhead import office_contact, office_name
from app.extensions import db
from app.files.labels import size_words
from app.proposals.models import Proposal, ProposalRevision
from app.proposals.queries import revisions_of
from app.proposals.sharing.partners import accepted_partners_of

STEPS = (
    "形式確認　事務局が、書き方と記入もれを確かめます。"
    "補正が必要なときは、項目と理由、期限を付けて差し戻します。",
    "仕分け　事務局が分類と対応方針を決めます。この間、団体がすることはありません。",
    "結果　終わると、結果をこの提案の画面に示します。",
)


def receipt_pdf(proposal: Proposal) -> bytes:
    """Return the receipt of the latest submission as PDF (受付票); equal data, equal bytes."""
    revision = revisions_of(proposal)[-1]
    return write_pdf("receipt.typ", slip_of(proposal, revision), made_at=revision.submitted_at)


def receipt_file_name(proposal: Proposal) -> str:
    """Name under which the receipt is saved: `R6-0228_受付票.pdf`."""
    return f"{proposal.receipt_number}_受付票.pdf"


def slip_of(proposal: Proposal, revision: ProposalRevision) -> dict[str, Any]:
    """Values of the receipt, all of them texts and numbers (受付票の内容)."""
    return {
        "heading": "受付票（練習用）" if proposal.round.is_practice else "受付票",
        "number": proposal.reference,
        "rows": [list(row) for row in _rows(proposal, revision)],
        "files": [_file(file) for file in revision.files],
        "revision": revision.number,
        "content_sha256": content_sha256(revision),
        "steps": list(STEPS),
        "foot": f"{office_name()}　{office_contact()}",
    }


def content_sha256(revision: ProposalRevision) -> str:
    """SHA-256 of what was typed (提案内容の照合値): JSON, keys in order, UTF-8."""
    text = json.dumps(revision.content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _rows(proposal: Proposal, revision: ProposalRevision) -> list[tuple[str, str]]:
    assert proposal.submitted_at is not None
    body = proposal.organization
    late = "　期限後受付" if proposal.is_late else "　期限内"
    rows = [
        ("提案概要", str(revision.content["title"])),
        ("提案団体", f"{body.name}（{body.code}）"),
        ("募集回", f"{proposal.round.label}　{proposal.round.name}"),
        ("受付日時", format_datetime(clock.to_jst(proposal.submitted_at)) + late),
    ]
    if revision.number > 1:
        words = f"{format_datetime(clock.to_jst(revision.submitted_at))}（第{revision.number}版）"
        rows.append(("補正の提出", words))
    partners = [partner.organization.name for partner in accepted_partners_of(proposal)]
    if partners:
        rows.append(("共同提案団体", "、".join(partners)))
    return [*rows, *_people(revision)]


def _people(revision: ProposalRevision) -> list[tuple[str, str]]:
    people = (
        ("起案者", revision.drafted_by_id),
        ("決裁者", revision.approved_by_id),
        ("提出した人", revision.submitted_by_id),
    )
    return [
        (label, db.session.get_one(User, user_id).display_name)
        for label, user_id in people
        if user_id is not None
    ]


def _file(file: Mapping[str, Any]) -> dict[str, str]:
    return {
        "name": str(file["name"]),
        "sha256": str(file["sha256"]),
        "size": size_words(file["size"]),
    }
