"""What the triage desk shows beside its form (仕分けの机): quoted text, guide with near rows."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from app.proposals.content import (
    content_of,
    is_extra,
    shown_fields,
    viewpoint_marks,
    words_in,
)
from app.proposals.models import Proposal
from app.registers.models import REGISTER_LABELS, Register, RegisterEntry
from app.rounds.models import FieldKind, FormField
from app.triage.forms.assess import AssessForm
from app.triage.guide import Question
from app.triage.models import Assessment, AssessmentStatus
from app.triage.routes.candidates import Candidates, NearRow

STATUS_WORDS = {
    AssessmentStatus.OPEN: "確認待ち",
    AssessmentStatus.CONFIRMED: "確認済み",
    AssessmentStatus.DISPUTED: "異議あり",
    AssessmentStatus.DECIDED: "総括が決定",
    AssessmentStatus.SUPERSEDED: "差替え",
}
TEXT_FIELDS = ("detail", "requested_measure", "hardship_case", "effect")
# The title stands above; whom to call at the body says nothing about the proposal.
NOT_FACTS = ("title", "contact_department", "contact_email")


class GuideRow(NamedTuple):
    """A question of the guide with what the registers say (手引きの行)."""

    question: Question
    field: Any
    registers: str
    near: list[NearRow]


class Piece(NamedTuple):
    """A piece of a text; `number` is that of the evidence it is quoted for, 0 for none.

    Where `is_candidate`, the number is that of a suggestion (候補) that nobody took yet.
    """

    text: str
    number: int
    is_candidate: bool = False


def guide_rows(
    questions: Sequence[Question], form: AssessForm, candidates: Candidates
) -> list[GuideRow]:
    """Rows of the guide: each question with the register rows that are suggested for it."""
    return [
        GuideRow(
            question=question,
            field=form.answers.form[question.key],
            registers=_registers_words(question, candidates.entries),
            near=candidates.at(question),
        )
        for question in questions
    ]


def _registers_words(question: Question, entries: Sequence[RegisterEntry]) -> str:
    return "、".join(
        f"{REGISTER_LABELS[Register(name)]} {sum(entry.register == name for entry in entries)}件"
        for name in question.registers
    )


def grouped_entries(
    entries: Sequence[RegisterEntry],
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Register rows for a select, register by register (台帳の選択肢)."""
    return [
        (
            label,
            [
                (str(entry.id), f"{entry.number}　{entry.title}")
                for entry in entries
                if entry.register is register
            ],
        )
        for register, label in REGISTER_LABELS.items()
        if any(entry.register is register for entry in entries)
    ]


def text_sections(
    proposal: Proposal,
    quotes: Sequence[str] = (),
    candidates: Sequence[tuple[int, str]] = (),
) -> list[tuple[str, list[Piece]]]:
    """Long texts of a proposal as (label, pieces), the quoted words marked (提案の文と根拠).

    `candidates` are the words of suggestions with their numbers.
    """
    return [(field.label, marked(text, quotes, candidates)) for field, text in long_texts(proposal)]


def long_texts(proposal: Proposal) -> list[tuple[FormField, str]]:
    """Long texts of a proposal as typed, with their fields (提案の文); those left blank not."""
    content = content_of(proposal)
    return [
        (field, words_in(field, content))
        for field in shown_fields(proposal)
        if _is_section(field) and words_in(field, content)
    ]


def text_facts(proposal: Proposal) -> list[tuple[str, str]]:
    """Short statements of a proposal as (label, value): law, viewpoints, adoption, extra fields."""
    content = content_of(proposal)
    facts = [
        ("視点", "　".join(viewpoint_marks(proposal)))
        if field.kind is FieldKind.VIEWPOINTS
        else (field.label, words_in(field, content))
        for field in shown_fields(proposal)
        if not _is_section(field) and field.name not in NOT_FACTS
    ]
    return [(label, value) for label, value in facts if value]


def _is_section(field: FormField) -> bool:
    is_long = field.kind is FieldKind.LONG_TEXT
    return is_long and (is_extra(field) or field.name in TEXT_FIELDS)


def marked(
    text: str, quotes: Sequence[str], candidates: Sequence[tuple[int, str]] = ()
) -> list[Piece]:
    """Cut a text where it holds quoted words; quote n of the list carries the number n + 1.

    Each line of a quote is marked once, where it stands first; one that overlaps an earlier one
    is not. Evidence is marked before candidates, which come with their numbers.
    """
    pieces = [Piece(text, 0)]
    for number, quote in enumerate(quotes, start=1):
        for line in filter(None, quote.split("\n")):
            pieces = _cut(pieces, Piece(line, number))
    for number, words in candidates:
        pieces = _cut(pieces, Piece(words, number, True))
    return [piece for piece in pieces if piece.text]


def _cut(pieces: list[Piece], mark: Piece) -> list[Piece]:
    for index, piece in enumerate(pieces):
        if piece.number == 0 and mark.text in piece.text:
            before, after = piece.text.split(mark.text, 1)
            middle = [Piece(before, 0), mark, Piece(after, 0)]
            return [*pieces[:index], *middle, *pieces[index + 1 :]]
    return pieces


def quotes_of(assessment: Assessment) -> list[str]:
    """Words quoted for each evidence of an opinion, in its order (根拠の文)."""
    return [item.quote for item in assessment.evidence]


def evidence_quotes(form: AssessForm) -> list[str]:
    """Words quoted in each row of a form, in its order."""
    return [row.form.quote.data or "" for row in form.evidence]
