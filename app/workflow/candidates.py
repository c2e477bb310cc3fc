"""The life of a candidate (共通化の対象候補の状態遷移): its own small table.

The table says *when* a move is possible; who may make it is said by the policy.
"""

from enum import StrEnum

from app.core.errors import IllegalTransition


class CandidateState(StrEnum):
    """State of a candidate (対象候補の状態)."""

    PROPOSED = "proposed"
    SELECTED = "selected"
    STUDYING = "studying"
    PLAN_DRAFTED = "plan_drafted"
    CONSULTED = "consulted"
    AGREED = "agreed"
    CONDITIONS = "conditions"
    OTHER_MEANS = "other_means"
    DROPPED = "dropped"
    IN_SERVICE = "in_service"


class CandidateKind(StrEnum):
    """What a line of the list is (一覧の行の種類): a candidate, or still to be looked into (＋)."""

    CANDIDATE = "candidate"
    INQUIRY = "inquiry"


class CandidateOrigin(StrEnum):
    """What a candidate came from (由来), as the list prints it in 【】."""

    CALL = "call"
    BUNKEN = "bunken"
    TYPES = "types"
    KEIYU_JIMU = "keiyu_jimu"
    KEIYU_CHOSA = "keiyu_chosa"
    CLOSELY_RELATED = "closely_related"


class MinistryPart(StrEnum):
    """Part a ministry has in a candidate (担当・関係). Several may be in charge together."""

    LEAD = "lead"
    RELATED = "related"


class ProgressStatus(StrEnum):
    """How far the work is against its schedule (進捗の状況)."""

    ON_SCHEDULE = "on_schedule"
    DELAYED = "delayed"
    AT_RISK = "at_risk"


_S = CandidateState
# From the first state that shows an outcome of the consultation on (協議の結果).
OUTCOME_STATES = (_S.AGREED, _S.CONDITIONS, _S.OTHER_MEANS, _S.DROPPED)
CANDIDATE_TABLE: dict[CandidateState, tuple[CandidateState, ...]] = {
    _S.PROPOSED: (_S.SELECTED,),
    _S.SELECTED: (_S.STUDYING,),
    _S.STUDYING: (_S.PLAN_DRAFTED,),
    _S.PLAN_DRAFTED: (_S.CONSULTED,),
    _S.CONSULTED: (*OUTCOME_STATES, _S.STUDYING),
    _S.AGREED: (_S.IN_SERVICE,),
    _S.CONDITIONS: (),
    _S.OTHER_MEANS: (),
    _S.DROPPED: (),
    _S.IN_SERVICE: (),
}
# The way as it is planned (予定の道筋), from the list to the service.
PLANNED_WAY = (
    _S.PROPOSED,
    _S.SELECTED,
    _S.STUDYING,
    _S.PLAN_DRAFTED,
    _S.CONSULTED,
    _S.AGREED,
    _S.IN_SERVICE,
)

CANDIDATE_STATE_LABELS: dict[CandidateState, str] = {
    _S.PROPOSED: "候補（案）",
    _S.SELECTED: "選定",
    _S.STUDYING: "調査中",
    _S.PLAN_DRAFTED: "方針案",
    _S.CONSULTED: "協議",
    _S.AGREED: "同意",
    _S.CONDITIONS: "条件整備",
    _S.OTHER_MEANS: "他の方法",
    _S.DROPPED: "見送り",
    _S.IN_SERVICE: "提供開始",
}
CANDIDATE_KIND_LABELS: dict[CandidateKind, str] = {
    CandidateKind.CANDIDATE: "対象候補",
    CandidateKind.INQUIRY: "検討",
}
CANDIDATE_ORIGIN_LABELS: dict[CandidateOrigin, str] = {
    CandidateOrigin.CALL: "提案募集",
    CandidateOrigin.BUNKEN: "分権提案",
    CandidateOrigin.TYPES: "TYPES",
    CandidateOrigin.KEIYU_JIMU: "経由事務",
    CandidateOrigin.KEIYU_CHOSA: "経由調査",
    CandidateOrigin.CLOSELY_RELATED: "密接関連",
}
PROGRESS_STATUS_LABELS: dict[ProgressStatus, str] = {
    ProgressStatus.ON_SCHEDULE: "予定どおり",
    ProgressStatus.DELAYED: "遅れあり",
    ProgressStatus.AT_RISK: "遅れるおそれ",
}


def candidate_states_from(current: CandidateState) -> tuple[CandidateState, ...]:
    """States a candidate can come to next (次の状態), in the order they are offered."""
    return CANDIDATE_TABLE[current]


def check_candidate_move(current: CandidateState, target: CandidateState) -> None:
    """Check that there is an arrow (対象候補の状態遷移). Raises IllegalTransition, in words."""
    if target not in CANDIDATE_TABLE[current]:
        raise IllegalTransition(
            f"「{CANDIDATE_STATE_LABELS[current]}」の対象候補を"
            f"「{CANDIDATE_STATE_LABELS[target]}」に進めることはできません。"
            "画面を開き直して、今の状態を確かめてください。"
        )
