"""The candidates of 令和6年 in the demo (試用の対象候補): as the meeting paper prints them.

`candidates_r6.csv` is the list. `candidate_words_r6.csv` is our reading beside it: by which words
in a title a proposal leads to a candidate. All words of a line have to be there; several lines of
one candidate are several ways to say it.
"""

import csv
from pathlib import Path

from sqlalchemy import select

from app.accounts.models import User
from app.candidates.models import Candidate
from app.candidates.queries import all_candidates_of
from app.candidates.services.link import LinkCase, add_register_row, exempt_case, link_case
from app.candidates.services.write import WriteCandidate, add_candidate
from app.core import clock
from app.core.text import search_key
from app.extensions import db
from app.proposals.models import Proposal
from app.registers.models import Register, RegisterEntry
from app.rounds.models import Category, Round
from app.workflow.candidates import CandidateKind, CandidateOrigin
from app.workflow.states import FollowUp, State

DATA = Path(__file__).resolve().parent / "data"
LISTED_AT = clock.jst(2024, 11, 5, 10)
WORD_MARK = ";"
LINK_REASON = "題名と求める措置が、一覧の「{system}」の内容に当たるため。"
PENDING_REASON = (
    "題名と概要が、一覧の「{system}」の内容に当たるため。"
    "仕分けはペンディング中で、一覧では【P】（調整中）とされている。"
)
EXEMPTION = (
    "当面の候補（案）に該当がなく、＋「提案募集で共通化の見込みが立つもの」として引き続き確かめる。"
)


def load_candidates(round_: Round, *, actor: User) -> int:
    """Put the printed list into the round and link its cases and rows (対象候補の読込み).

    Nothing happens where the round has a list already. Returns the number of lines.
    """
    if all_candidates_of(round_):
        return 0
    listed = [_add(round_, row, actor) for row in _rows("candidates_r6.csv")]
    _link_cases(round_, listed, actor)
    return len(listed)


def ways_to_say() -> dict[int, list[tuple[str, ...]]]:
    """Words in a title that mean a candidate, by its number (候補に当たる語)."""
    found: dict[int, list[tuple[str, ...]]] = {}
    for row in _rows("candidate_words_r6.csv"):
        found.setdefault(int(row["mark"]), []).append(tuple(row["words"].split(WORD_MARK)))
    return found


def _add(round_: Round, row: dict[str, str], actor: User) -> Candidate:
    command = WriteCandidate(
        system=row["system"],
        ministries=row["ministries"],
        section_code=row["section_code"],
        section_title=row["section_title"],
        origin=CandidateOrigin(row["origin"]),
        mark=int(row["mark"]) if row["mark"] else None,
        kind=CandidateKind(row["kind"]),
        is_provisional=bool(row["is_provisional"]),
        source=row["source"],
    )
    candidate = add_candidate(round_, command, actor=actor)
    for name in filter(None, row["register_rows"].split(WORD_MARK)):
        register, number = name.split(":")
        add_register_row(candidate, _entry_id(Register(register), int(number)), actor=actor)
    return candidate


def _entry_id(register: Register, number: int) -> int:
    return db.session.scalars(
        select(RegisterEntry.id).where(
            RegisterEntry.register == register, RegisterEntry.number == number
        )
    ).one()


def _link_cases(round_: Round, listed: list[Candidate], actor: User) -> None:
    by_mark = {row.mark: row for row in listed if row.mark is not None}
    ways = ways_to_say()
    for case in _cases(round_):
        title = search_key(case.title)
        marks = [mark for mark, said in ways.items() if _is_said(title, said)]
        reason = PENDING_REASON if case.state is State.PENDING else LINK_REASON
        for mark in marks:
            candidate = by_mark[mark]
            command = LinkCase(reason=reason.format(system=candidate.system))
            link_case(candidate, case, command, actor=actor)
        if not marks and case.state is not State.PENDING:
            exempt_case(case, reason=EXEMPTION, actor=actor)


def _is_said(title: str, ways: list[tuple[str, ...]]) -> bool:
    return any(all(search_key(word) in title for word in way) for way in ways)


def _cases(round_: Round) -> list[Proposal]:
    """Cases of the class for candidates, and pending ones, by number (候補につながりうる提案)."""
    of_candidates = select(Category.id).where(Category.follow_up == FollowUp.CANDIDATE)
    is_settled = Proposal.state.in_([State.CLASSIFIED, State.CLOSED])
    return list(
        db.session.scalars(
            select(Proposal)
            .where(
                Proposal.round_id == round_.id,
                (is_settled & Proposal.category_id.in_(of_candidates))
                | (Proposal.state == State.PENDING),
            )
            .order_by(Proposal.receipt_sequence, Proposal.id)
        )
    )


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
