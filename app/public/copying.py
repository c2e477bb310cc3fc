"""The public copy of a case (公表の写し): its facts, and its texts as they may be edited."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.accounts.labels import ORG_TYPE_LABELS
from app.core import clock
from app.core.text import search_key
from app.handoffs.models import Reply
from app.handoffs.queries import released_replies, views_of
from app.proposals.models import Proposal, PublicState
from app.proposals.pages.shared_text import shared_lines
from app.proposals.sharing.partners import accepted_partners_of
from app.workflow.handoffs import HANDOFF_PART_LABELS, REPLY_KIND_LABELS
from app.workflow.states import FollowUp, State

Content = dict[str, Any]
# Kept in the copy to see whether the case changed since; never shown.
BASIS = "basis"
UNKNOWN_TYPE = "地方公共団体"


class EditableText(NamedTuple):
    """A text of the copy that is worded for the public (公表する文): its key, label and words."""

    key: str
    label: str
    value: str


def content_of_case(proposal: Proposal) -> Content:
    """Copy what the public may read of a case (公表の写し): no contact, nothing inner (P27)."""
    category = proposal.category
    replies = released_replies([proposal.id])
    return {
        "receipt_number": proposal.receipt_number,
        "round": proposal.round.label,
        "title": proposal.title,
        "body": proposal.organization.name,
        "body_type": _body_type(proposal),
        "partners": len(accepted_partners_of(proposal)),
        "category_code": category.code if category else "",
        "category_label": category.label if category else "",
        "policy": category.response_policy if category else "",
        "ministry": _ministry(proposal, replies),
        "texts": [
            {"key": line.name, "label": line.label, "value": line.value}
            for line in shared_lines(proposal)
            if line.name != "title" and line.value
        ],
        "outcome": proposal.outcome_text if proposal.state is State.CLOSED else "",
        "answers": [_answer(reply) for reply in replies],
        "views": [
            {"text": view.text, "filed_on": clock.to_jst(view.filed_at).date().isoformat()}
            for view in views_of(proposal)
            if view.filed_at is not None and view.text
        ],
        BASIS: basis_of(proposal),
    }


def basis_of(proposal: Proposal) -> list[Any]:
    """What a copy rests on (写しのもと): state and class, and the replies that were released."""
    category = proposal.category.key if proposal.category else ""
    released = [reply.id for reply in released_replies([proposal.id])]
    return [proposal.state.value, category, proposal.organization_id, released]


def public_state(proposal: Proposal) -> PublicState:
    """State of a case in the words of the public (公表用の状態)."""
    category = proposal.category
    if category is None:
        return PublicState.UNDER_REVIEW
    if category.follow_up is FollowUp.CANDIDATE:
        return PublicState.CANDIDATE
    if released_replies([proposal.id]):
        return PublicState.ANSWERED
    return PublicState.CLOSED if proposal.state is State.CLOSED else PublicState.UNDER_REVIEW


def editable_texts(content: Content) -> list[EditableText]:
    """Texts of a copy in the order of the page (公表する文)."""
    found = [EditableText("title", "提案概要", content["title"])]
    found += [
        EditableText(f"text-{number}", line["label"], line["value"])
        for number, line in enumerate(content["texts"])
    ]
    if content["outcome"]:
        found.append(EditableText("outcome", "結果", content["outcome"]))
    found += [
        EditableText(
            f"answer-{number}", f"{row['ministry']}の回答（{row['round_number']}回目）", row["text"]
        )
        for number, row in enumerate(content["answers"])
    ]
    found += [
        EditableText(f"view-{number}", f"提案団体の見解（{number + 1}回目）", row["text"])
        for number, row in enumerate(content["views"])
    ]
    return found


def with_texts(content: Content, texts: Mapping[str, str]) -> Content:
    """The copy with its texts as they were worded for the public (言い換えた写し)."""
    changed: Content = {**content, "title": texts["title"]}
    changed["outcome"] = texts.get("outcome", "")
    changed["texts"] = _reworded(content["texts"], "text", texts, "value")
    changed["answers"] = _reworded(content["answers"], "answer", texts, "text")
    changed["views"] = _reworded(content["views"], "view", texts, "text")
    return changed


def key_of(content: Content) -> str:
    """Folded text that the public searches in (検索キー): neither the body's name nor its view."""
    words = [content["receipt_number"], content["title"], content["outcome"]]
    words += [line["value"] for line in content["texts"]]
    words += [row["text"] for row in content["answers"]]
    return search_key("\n".join(words))


def _reworded(
    rows: list[dict[str, Any]], kind: str, texts: Mapping[str, str], name: str
) -> list[dict[str, Any]]:
    return [{**row, name: texts[f"{kind}-{number}"]} for number, row in enumerate(rows)]


def _body_type(proposal: Proposal) -> str:
    instant = proposal.submitted_at or clock.now()
    kind = proposal.organization.type_on(clock.to_jst(instant).date())
    return ORG_TYPE_LABELS[kind] if kind else UNKNOWN_TYPE


def _ministry(proposal: Proposal, replies: list[Reply]) -> str:
    if proposal.ministry is not None:
        return proposal.ministry.name
    return replies[0].handoff.destination.name if replies else ""


def _answer(reply: Reply) -> dict[str, Any]:
    released_at = reply.release.released_at if reply.release else reply.drafted_at
    return {
        "ministry": reply.handoff.destination.name,
        "part": HANDOFF_PART_LABELS[reply.handoff.part],
        "round_number": reply.round_number,
        "kind": REPLY_KIND_LABELS[reply.kind] if reply.kind else "",
        "text": reply.text,
        "planned_on": reply.planned_on.isoformat() if reply.planned_on else None,
        "released_on": clock.to_jst(released_at).date().isoformat(),
    }
