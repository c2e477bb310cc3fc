"""Threads for the tests (試験用の事前相談)."""

from typing import Any

from app.consultations.models import Consultation
from app.consultations.services.settling import End, MakeDraft, end, make_draft
from app.consultations.services.writing import Ask, Write, answer, ask
from app.proposals.models import Proposal
from tests.factories import World

SUBJECT = "公民館の鍵の貸出しを共通化できるか"
QUESTION = "鍵の貸出しは施設予約に含まれますか。"
ANSWER = "含まれません。提案してください。"


def make_consultation(world: World, by: str = "city", **changes: Any) -> Consultation:
    """Ask the secretariat as somebody of a body."""
    command = Ask(**{"subject": SUBJECT, "body": QUESTION, "round": world.round, **changes})
    return ask(command, actor=world[by])


def make_answered(world: World, by: str = "city", **changes: Any) -> Consultation:
    """Ask, and let officer1 answer."""
    consultation = make_consultation(world, by, **changes)
    answer(consultation, Write(version=consultation.version, body=ANSWER), actor=world["officer1"])
    return consultation


def make_ended(world: World) -> Consultation:
    """Ask, and let officer1 end the thread."""
    consultation = make_consultation(world)
    command = End(version=consultation.version, reason="制度の対象外のため")
    end(consultation, command, actor=world["officer1"])
    return consultation


def make_converted(world: World) -> tuple[Consultation, Proposal]:
    """Ask, answer, and make a draft of it."""
    consultation = make_answered(world)
    command = MakeDraft(version=consultation.version, round=world.round)
    return consultation, make_draft(consultation, command, actor=world["city"])
