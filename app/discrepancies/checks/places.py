"""Where the figures of a finding stand (出所)."""

from app.discrepancies.candidates import Candidate
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


def list_place(round_: Round, label: str = LIST_NAME, anchor: str = "candidates") -> Place:
    """The printed list of candidates, or a line of it (対象候補（案）の一覧)."""
    arguments = {"key": round_.key, "_anchor": anchor}
    return Place(label=label, endpoint="discrepancies.index", arguments=arguments)


def candidate_place(round_: Round, candidate: Candidate) -> Place:
    """The line of a candidate (対象候補の行)."""
    label = f"{LIST_NAME}の{candidate.seq}"
    return list_place(round_, label, f"candidate-{candidate.key}")
