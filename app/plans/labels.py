"""Words of the plans (方針の言葉)."""

from typing import NamedTuple

from app.plans.models import PlanStatus, VersionDecision


class Badge(NamedTuple):
    """Word and look (状況の表示)."""

    label: str
    tone: str


STATUS_BADGES = {
    PlanStatus.DRAFT: Badge("作成中", "work"),
    PlanStatus.SUBMITTED: Badge("提出済み・承認待ち", "wait"),
    PlanStatus.APPROVED: Badge("承認済み", "done"),
}
DECISION_BADGES = {
    None: Badge("承認待ち", "wait"),
    VersionDecision.APPROVED: Badge("承認", "done"),
    VersionDecision.RETURNED: Badge("差戻し", "late"),
}

# Acts on a plan as its history tells them (経過の言葉).
VERB_WORDS = {
    "plan.start": "方針の作成を始めました",
    "plan.write": "項目を保存しました",
    "plan.submit": "方針を提出しました",
    "plan.approve": "方針を承認しました",
    "plan.return": "方針を差し戻しました",
    "plan.revise": "新しい版の作成を始めました",
    "plan.comment": "意見を書きました",
    "plan.answer": "意見に回答しました",
}
