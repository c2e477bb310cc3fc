"""What an address asks of the log and of the trail (検索の条件), and what of it cannot be had."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.accounts.models import User
from app.accounts.queries import find_user
from app.core.errors import NotFound
from app.core.text import normalize_input
from app.proposals.models import Proposal
from app.proposals.queries import get_visible

NO_CASE = "受付番号「{text}」の案件は見つかりません。番号を確かめてください（例：R6-0012）。"
NO_PERSON = "ログイン名「{text}」の利用者はいません。ログイン名を確かめてください。"
NO_DAY = "日付「{text}」を読み取れません。2024-09-30 の形で入力してください。"
BACKWARDS = "終わりの日が、始まりの日より前です。日付を確かめてください。"
LONGEST_QUOTE = 20
EARLIEST, LATEST = date(1990, 1, 1), date(2999, 12, 31)
NAMES = ("case", "person", "act", "first", "last")


@dataclass(kw_only=True)
class Asked:
    """A case, a person and days (検索の条件) as far as they were found, and what was wrong."""

    texts: dict[str, str]
    proposal: Proposal | None = None
    person: User | None = None
    first: date | None = None
    last: date | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def is_anything(self) -> bool:
        """Whether any condition was given (条件の有無)."""
        return any(self.texts.values())


def read_asked(args: Mapping[str, str], actor: User) -> Asked:
    """Read what an address asks for; what cannot be had is told in `problems` (検索の条件).

    A case that the actor may not know of is answered like one that does not exist.
    """
    asked = Asked(texts={name: normalize_input(args.get(name, "")) for name in NAMES})
    _read_case(asked, actor)
    _read_person(asked)
    asked.first, asked.last = _read_day(asked, "first"), _read_day(asked, "last")
    if asked.first and asked.last and asked.last < asked.first:
        asked.problems.append(BACKWARDS)
    return asked


def _read_case(asked: Asked, actor: User) -> None:
    text = asked.texts["case"]
    if not text:
        return
    try:
        asked.proposal = get_visible(actor, text.upper())
    except NotFound:
        asked.problems.append(NO_CASE.format(text=text[:LONGEST_QUOTE]))


def _read_person(asked: Asked) -> None:
    text = asked.texts["person"]
    if not text:
        return
    asked.person = find_user(text) if text.isprintable() else None
    if asked.person is None:
        asked.problems.append(NO_PERSON.format(text=text[:LONGEST_QUOTE]))


def _read_day(asked: Asked, name: str) -> date | None:
    text = asked.texts[name]
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        found = EARLIEST
    if found is not None and not EARLIEST < found < LATEST:
        asked.problems.append(NO_DAY.format(text=text[:LONGEST_QUOTE]))
        return None
    return found
