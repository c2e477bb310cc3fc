"""Questions before a proposal in the practice (操作練習の事前相談): one is answered, one waits."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from app.accounts.models import User
from app.consultations.models import Consultation
from app.consultations.services.writing import Ask, Write, answer, ask
from app.core import clock
from app.demo.office_time import office_day_before
from app.demo.people import Cast
from app.demo.replay import Event
from app.rounds.models import Round

ASKED_AT = timedelta(hours=10, minutes=15)


class Question(NamedTuple):
    """A question of a body (事前相談); the days count back from the loading, in office days."""

    body: str
    subject: str
    text: str
    asked: int
    answered: int | None = None
    reply: str = ""


QUESTIONS = (
    Question(
        "甲子市",
        "窓口の来庁予約の仕組みは、提案の対象になりますか",
        "住民票や印鑑登録の窓口の予約を、独自に作った画面で受けています。"
        "近隣の市もそれぞれ別の仕組みです。共通化の提案の対象になるでしょうか。",
        asked=4,
        answered=2,
        reply="対象になります。予約を受けている業務の名前と、年間の件数、今の仕組みの費用を"
        "書いていただくと、検討しやすくなります。",
    ),
    Question(
        "甲県",
        "複数の部署にまたがる提案の出し方",
        "補助金の申請受付を、農林、商工、土木の3部署が別々の仕組みで行っています。"
        "1件の提案にまとめるほうがよいか、部署ごとに分けるほうがよいか教えてください。",
        asked=1,
    ),
)


class _Thread:
    """One thread as it grows (やり取り)."""

    def __init__(self, question: Question, round_: Round, cast: Cast) -> None:
        self._question = question
        self._round = round_
        self._drafter = cast.drafters[question.body]
        self._officer: User = cast["officer1"]
        self._consultation: Consultation | None = None

    def ask(self) -> None:
        """The drafter asks (相談)."""
        command = Ask(subject=self._question.subject, body=self._question.text, round=self._round)
        self._consultation = ask(command, actor=self._drafter)

    def answer(self) -> None:
        """An officer answers (回答)."""
        if self._consultation is None:
            raise LookupError("a question is asked before it is answered")
        command = Write(version=self._consultation.version, body=self._question.reply)
        answer(self._consultation, command, actor=self._officer)


def tell_questions(round_: Round, cast: Cast, loaded_on: date) -> list[Event]:
    """Events of the questions, all before the day of loading (事前相談の経過)."""
    events: list[Event] = []
    for question in QUESTIONS:
        thread = _Thread(question, round_, cast)
        events.append(Event(_moment(loaded_on, question.asked), thread.ask))
        if question.answered is not None:
            events.append(Event(_moment(loaded_on, question.answered), thread.answer))
    return events


def _moment(loaded_on: date, days: int) -> datetime:
    day = office_day_before(loaded_on, days)
    return clock.jst(day.year, day.month, day.day) + ASKED_AT
