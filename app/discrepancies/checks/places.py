"""Where the figures of a finding stand (出所)."""

from app.candidates.models import Candidate
from app.discrepancies.findings import Place
from app.registers.models import Register
from app.rounds.models import Category, Round

LIST_NAME = "対象候補（案）の一覧"


def round_place(round_: Round) -> Place:
    """The page of the round with its end (募集回の締切)."""
    return Place(label="募集回の締切", endpoint="rounds.show", arguments={"key": round_.key})


def cases_place(round_: Round, label: str, **filters: str) -> Place:
    """The list of cases with these filters (提案一覧)."""
    arguments = {"round": round_.key, **filters}
    return Place(label=label, endpoint="casework.index", arguments=arguments)


def category_place(round_: Round, category: Category) -> Place:
    """The cases of a category (分類の提案)."""
    return cases_place(round_, f"分類{category.code}の提案", category=category.key)


def register_place(register: Register, label: str) -> Place:
    """A register (台帳)."""
    return Place(label=label, endpoint="registers.show", arguments={"register": register.value})


def list_place(round_: Round) -> Place:
    """The list of candidates (対象候補（案）の一覧)."""
    return Place(label=LIST_NAME, endpoint="candidates.index", arguments={"round": round_.key})


def candidate_place(candidate: Candidate) -> Place:
    """The page of a candidate (対象候補の画面)."""
    return Place(
        label=f"{LIST_NAME}の{candidate.printed_mark}",
        endpoint="candidates.show",
        arguments={"candidate_id": candidate.id},
    )
