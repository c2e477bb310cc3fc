"""What screens show of a thread (相談の表示): state, whose move, age in office days."""

from dataclasses import dataclass
from typing import NamedTuple

from app.accounts.models import User
from app.consultations.models import Consultation, ConsultationMessage, ConsultationState
from app.core import clock
from app.core.closing_days import office_calendar
from app.files.labels import VERDICT_TONES, size_words, verdict_label
from app.files.models import StoredFile, Verdict
from app.proposals.presentation import StateBadge, reads_as_secretariat
from app.workflow.labels import Tone

SECRETARIAT = "事務局"
NOBODY = "なし"
# From this many office days without an answer on, a thread is shown as late.
LATE_OFFICE_DAYS = 5
LATE_TONE = "late"


@dataclass(frozen=True, kw_only=True)
class ThreadLine:
    """One thread in a list (相談の行)."""

    consultation: Consultation
    badge: StateBadge
    mover: str
    age: str
    practice: bool


class FileLine(NamedTuple):
    """A file of a message (資料): its address for downloading is empty until it was checked."""

    name: str
    public_id: str
    size: str
    verdict: str
    tone: str


@dataclass(frozen=True, kw_only=True)
class MessageView:
    """One message as a reader sees it (発言); a body reads no name of an officer."""

    message: ConsultationMessage
    author: str
    side: str
    files: list[FileLine]


def thread_line(consultation: Consultation, reader: User) -> ThreadLine:
    """Put a thread into one line for a reader (相談の行)."""
    return ThreadLine(
        consultation=consultation,
        badge=badge_of(consultation, reader),
        mover=mover_of(consultation),
        age=age_of(consultation),
        practice=consultation.is_practice,
    )


def badge_of(consultation: Consultation, reader: User) -> StateBadge:
    """Badge of a thread: work for whoever has the move, waiting for the other side."""
    is_inner = reads_as_secretariat(reader)
    state = consultation.state
    if state is ConsultationState.OPEN:
        is_late = waiting_office_days(consultation) >= LATE_OFFICE_DAYS
        tone = (LATE_TONE if is_late else Tone.WORK) if is_inner else Tone.WAIT
        return StateBadge("未回答" if is_inner else "回答待ち", tone)
    if state is ConsultationState.ANSWERED:
        return StateBadge("回答済み" if is_inner else "回答あり", Tone.DONE)
    if state is ConsultationState.CONVERTED:
        return StateBadge(
            "提案にした" if _is_submitted(consultation) else "下書きにした", Tone.DONE
        )
    return StateBadge("終了", Tone.PLAIN)


def _is_submitted(consultation: Consultation) -> bool:
    proposal = consultation.proposal
    return proposal is not None and proposal.receipt_number is not None


def mover_of(consultation: Consultation) -> str:
    """Whose move it is (今の持ち主)."""
    if consultation.state is ConsultationState.OPEN:
        return SECRETARIAT
    if consultation.state is ConsultationState.CLOSED or _is_submitted(consultation):
        return NOBODY
    return consultation.organization.name


def waiting_office_days(consultation: Consultation) -> int:
    """Office days since the other side got the move (経過開庁日数), JST."""
    start = clock.to_jst(consultation.waiting_since).date()
    return office_calendar().office_days_between(start, clock.today())


def age_of(consultation: Consultation) -> str:
    """How long the thread waits, in words; empty once it is over (経過)."""
    if not consultation.is_going_on:
        return ""
    days = waiting_office_days(consultation)
    return f"{days}開庁日" if days else "今日から"


def message_views(consultation: Consultation, reader: User) -> list[MessageView]:
    """Put the messages of a thread together for a reader, oldest first (やり取り)."""
    is_inner = reads_as_secretariat(reader)
    return [_message_view(message, is_inner) for message in consultation.messages]


def _message_view(message: ConsultationMessage, is_inner: bool) -> MessageView:
    is_named = is_inner or not message.is_answer
    side = SECRETARIAT if message.is_answer else message.consultation.organization.name
    return MessageView(
        message=message,
        author=message.author.display_name if is_named else "",
        side=side,
        files=[_file_line(row.file) for row in message.files],
    )


def _file_line(stored: StoredFile) -> FileLine:
    is_clean = stored.verdict is Verdict.CLEAN
    return FileLine(
        name=stored.name,
        public_id=stored.public_id if is_clean else "",
        size=size_words(stored.size_bytes),
        verdict=verdict_label(stored),
        tone=VERDICT_TONES[stored.verdict],
    )
