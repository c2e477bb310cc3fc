"""What the rules themselves find in a submission (自動の確認): form, limits, files, duplicates."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import select

from app.core.text import count_characters, search_key
from app.extensions import db
from app.files.models import Verdict
from app.proposals.attachment_queries import current_attachments
from app.proposals.content import (
    LimitGroup,
    content_of,
    group_length,
    limit_groups,
    problems_of,
    shown_fields,
    viewpoint_marks,
)
from app.proposals.correction_targets import ATTACHMENTS
from app.proposals.models import Proposal
from app.rounds.models import FieldKind, FormField
from app.workflow.states import State

SCAN_WORDS = {
    Verdict.CLEAN: "検査済み",
    Verdict.WAITING: "検査中",
    Verdict.INFECTED: "検査で停止",
    Verdict.FAILED: "検査できず",
}
SCAN_PROBLEMS = {
    Verdict.WAITING: "検査が終わっていない添付があります。終わるまで待ってください",
    Verdict.INFECTED: "検査で止められた添付があります。付け直しを求めてください",
    Verdict.FAILED: "検査できなかった添付があります。付け直しを求めてください",
}


class AutomaticCheck(NamedTuple):
    """One thing the rules look at (自動の確認): what was found, and what is wrong with it."""

    key: str
    label: str
    target: str
    found: str
    problems: tuple[str, ...] = ()


def automatic_checks(proposal: Proposal) -> list[AutomaticCheck]:
    """Everything the rules look at in a proposal as it is now (自動の確認)."""
    return [*_form_checks(proposal), _files_check(proposal), _duplicates_check(proposal)]


def _form_checks(proposal: Proposal) -> list[AutomaticCheck]:
    """Every field that has to be answered, is limited, or is wrong, in the order of the form."""
    problems = problems_of(proposal)
    values = content_of(proposal)
    groups = limit_groups(proposal.round)
    checks = []
    for field in shown_fields(proposal):
        group = next((row for row in groups if field in row.fields), None)
        if not (field.is_required or group or field.name in problems):
            continue
        checks.append(
            AutomaticCheck(
                f"field:{field.name}",
                field.label,
                field.name,
                _found(proposal, field, group, values),
                tuple(problems.get(field.name, ())),
            )
        )
    return checks


def _found(
    proposal: Proposal, field: FormField, group: LimitGroup | None, values: Mapping[str, Any]
) -> str:
    """What stands in a field, in a few words: its length, or whether anything was chosen."""
    if field.kind is FieldKind.VIEWPOINTS:
        return "　".join(viewpoint_marks(proposal)) or "選択なし"
    value = values.get(field.name)
    if field.kind not in (FieldKind.TEXT, FieldKind.LONG_TEXT):
        return "入力あり" if value else "入力なし"
    length = count_characters(str(value or ""))
    if group is None:
        return f"{length:,}文字"
    if len(group.fields) == 1:
        return f"{length:,} ／ {group.limit:,}文字"
    return f"{length:,}文字（合計 {group_length(group, values):,} ／ {group.limit:,}文字）"


def _files_check(proposal: Proposal) -> AutomaticCheck:
    verdicts = Counter(row.file.verdict for row in current_attachments(proposal))
    words = [f"{SCAN_WORDS[row]} {verdicts[row]}件" for row in Verdict if verdicts[row]]
    return AutomaticCheck(
        "files",
        "添付の検査",
        ATTACHMENTS,
        "、".join(words) or "添付なし",
        tuple(words for row, words in SCAN_PROBLEMS.items() if verdicts[row]),
    )


def _duplicates_check(proposal: Proposal) -> AutomaticCheck:
    same = _same_titles(proposal)
    problem = f"同じ団体の{'、'.join(same)}と提案概要が同じです。重複でないか確かめてください"
    return AutomaticCheck(
        "duplicates",
        "同じ団体の重複",
        "title",
        f"{len(same)}件" if same else "なし",
        (problem,) if same else (),
    )


def _same_titles(proposal: Proposal) -> list[str]:
    """Receipt numbers of the body's other cases of the round whose title reads the same."""
    others = db.session.execute(
        select(Proposal.receipt_number, Proposal.title)
        .where(
            Proposal.round_id == proposal.round_id,
            Proposal.organization_id == proposal.organization_id,
            Proposal.id != proposal.id,
            Proposal.state.not_in([State.DRAFT, State.WITHDRAWN]),
        )
        .order_by(Proposal.receipt_sequence)
    )
    key = search_key(proposal.title)
    return [number for number, title in others if number and search_key(title) == key]
