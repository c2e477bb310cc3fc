"""Words about moved dates (期限の変更の言葉)."""

from app.deadlines.models import ChangeKind
from app.workflow.labels import TERM_LABELS
from app.workflow.terms import Holder, Term

KIND_LABELS: dict[ChangeKind, str] = {
    ChangeKind.EXTENSION: "延長",
    ChangeKind.CALENDAR: "暦の変更",
    ChangeKind.RULE: "期限の日数の変更",
}
HOLDER_LABELS = {
    Holder.SECRETARIAT: "事務局",
    Holder.PROPOSER: "提案団体",
    Holder.MINISTRY: "府省庁",
}


def deadline_label(term: Term) -> str:
    """What the date of a term is called (「仕分けの期限」); a revisit date is no deadline."""
    return "見直し日" if term is Term.REVISIT else f"{TERM_LABELS[term]}の期限"
