"""Fields of a proposal (提案の項目): names, labels, limits, what is still missing."""

from collections.abc import Mapping
from typing import Any

from app.core.text import count_characters, is_blank, search_key
from app.proposals.models import Proposal
from app.rounds.models import Round

FIELD_LABELS: dict[str, str] = {
    "title": "提案概要",
    "detail": "提案詳細",
    "requested_measure": "求める措置",
    "hardship_case": "支障事例",
    "effect": "制度改正の効果",
    "legal_basis": "根拠法令",
    "ministry_id": "所管府省庁",
    "is_viewpoint_new_issue": "視点ⅰ",
    "is_viewpoint_reform_burden": "視点ⅱ",
    "is_viewpoint_timely_data": "視点ⅲ",
    "adoption_status": "自団体の導入状況",
    "bunken_control_number": "分権提案管理番号",
    "contact_department": "担当部署",
    "contact_email": "連絡先メールアドレス",
}
REQUIRED_FIELDS = (
    "title",
    "detail",
    "requested_measure",
    "hardship_case",
    "effect",
    "contact_department",
)
VIEWPOINT_LABELS: dict[str, str] = {
    "is_viewpoint_new_issue": "ⅰ　新しい課題で、導入団体は少ないが全国に広げる意義がある",
    "is_viewpoint_reform_burden": "ⅱ　制度改正に対応する業務負担が大きい",
    "is_viewpoint_timely_data": "ⅲ　データを適時に扱う必要があり、国への報告に手間がかかる",
}
VIEWPOINT_MARKS = {
    "is_viewpoint_new_issue": "ⅰ",
    "is_viewpoint_reform_burden": "ⅱ",
    "is_viewpoint_timely_data": "ⅲ",
}

# Name under which a missing viewpoint is reported: the group, not one of its boxes.
VIEWPOINTS = "viewpoints"


def content_of(proposal: Proposal) -> dict[str, Any]:
    """Values of all fields, as kept with a revision (提出版の内容)."""
    return {name: getattr(proposal, name) for name in FIELD_LABELS}


def apply_content(proposal: Proposal, content: Mapping[str, Any]) -> list[str]:
    """Write the fields and the search key; return the names of the fields that changed."""
    changed = [name for name in FIELD_LABELS if getattr(proposal, name) != content[name]]
    for name in changed:
        setattr(proposal, name, content[name])
    proposal.search_key = search_key(" ".join([proposal.title, proposal.detail]))
    return changed


def viewpoint_marks(proposal: Proposal) -> list[str]:
    """Marks of the chosen viewpoints (視点): ⅰ, ⅱ, ⅲ."""
    return [mark for name, mark in VIEWPOINT_MARKS.items() if getattr(proposal, name)]


def problems_of(proposal: Proposal) -> dict[str, list[str]]:
    """What keeps a proposal from being submitted, by field, in the order of the form."""
    found: dict[str, list[str]] = {}
    for name, label in FIELD_LABELS.items():
        if name in REQUIRED_FIELDS and is_blank(getattr(proposal, name)):
            found[name] = [f"{label}を入力してください"]
        if name == "is_viewpoint_new_issue" and not viewpoint_marks(proposal):
            found[VIEWPOINTS] = ["当てはまる視点を1つ以上選んでください"]
    _check_limits(proposal, found)
    return found


def _check_limits(proposal: Proposal, found: dict[str, list[str]]) -> None:
    for name, limit in field_limits(proposal.round).items():
        over = count_characters(getattr(proposal, name)) - limit
        if over > 0:
            found.setdefault(name, []).append(over_limit(FIELD_LABELS[name], limit, over))
    limit = proposal.round.hardship_and_effect_limit
    over = hardship_and_effect_length(proposal) - limit
    if over > 0:
        found.setdefault("hardship_case", []).append(
            over_limit("支障事例と制度改正の効果は合わせて", limit, over)
        )


def over_limit(label: str, limit: int, over: int) -> str:
    """Words for a text that is too long (文字数超過)."""
    joined = label if label.endswith("合わせて") else f"{label}は"
    return f"{joined}{limit}文字以内で入力してください（{over}文字超えています）"


def field_limits(round_: Round) -> dict[str, int]:
    """Limits of single fields in characters, as set for the round (文字数の上限)."""
    return {"title": round_.title_limit, "requested_measure": round_.requested_measure_limit}


def hardship_and_effect_length(proposal: Proposal) -> int:
    """Characters of 支障事例 and 効果 together, which share one limit."""
    return count_characters(proposal.hardship_case) + count_characters(proposal.effect)
