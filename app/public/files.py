"""Open data of a round (オープンデータ): made of the copies the public reads at this instant."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import select

from app.candidates.models import Candidate
from app.candidates.queries import is_announced
from app.core import clock
from app.core.errors import NotFound
from app.core.tabular import Column, Table, to_csv, to_json
from app.extensions import db
from app.proposals.models import Publication
from app.public.labels import PUBLIC_STATE_LABELS
from app.public.queries import live_counts, live_of_round
from app.public.view import PublicCase, public_answer, public_cases
from app.rounds.models import Round
from app.workflow.candidates import (
    CANDIDATE_ORIGIN_LABELS,
    CANDIDATE_STATE_LABELS,
    CandidateState,
)

FILE_NOT_FOUND = "このデータは見つかりません。データの一覧から選んでください。"
CSV_TYPE = "text/csv; charset=utf-8"
JSON_TYPE = "application/json; charset=utf-8"
TEXT_TYPE = "text/plain; charset=utf-8"
SUMS = "SHA256SUMS"
SCHEMA = "schema.json"
SCHEMA_VERSION = "1.0"
TYPES = {"text": "string", "integer": "integer", "date": "date", "percent": "decimal"}

_NUMBER = Column("receipt_number", "受付番号")
PROPOSAL_COLUMNS = (
    _NUMBER,
    Column("round", "募集回"),
    Column("title", "提案概要"),
    Column("body", "団体名（同意のない団体は種別）"),
    Column("body_type", "団体種別"),
    Column("is_named", "団体名の公表（1は同意あり）", "integer"),
    Column("partners", "共同提案団体の数", "integer"),
    Column("state", "公表用の状態"),
    Column("category_code", "分類"),
    Column("category_label", "分類の名称"),
    Column("policy", "対応方針"),
    Column("ministry", "所管府省庁"),
    Column("content", "提案の内容"),
    Column("outcome", "結果"),
    Column("answers", "公開された回答の数", "integer"),
    Column("published_on", "公表日", "date"),
    Column("updated_on", "更新日", "date"),
)
ANSWER_COLUMNS = (
    _NUMBER,
    Column("ministry", "府省庁"),
    Column("part", "主管・関係"),
    Column("round_number", "回答の回", "integer"),
    Column("kind", "回答の種別"),
    Column("text", "回答"),
    Column("planned_on", "対応・結論の予定日", "date"),
    Column("released_on", "公開日", "date"),
)
CANDIDATE_COLUMNS = (
    Column("round", "募集回"),
    Column("mark", "番号"),
    Column("section", "区分"),
    Column("system", "対象候補"),
    Column("ministries", "担当府省庁"),
    Column("origin", "由来"),
    Column("state", "状況"),
)


@dataclass(frozen=True, kw_only=True)
class DataFile:
    """One file of the open data (データファイル)."""

    name: str
    title: str
    rows: int | None
    content: bytes
    content_type: str

    @property
    def sha256(self) -> str:
        """Checksum of the content (検査値)."""
        return sha256(self.content).hexdigest()


def data_rounds() -> list[Round]:
    """Rounds with open data, the latest first (データのある募集回)."""
    return [round_ for round_, _count in live_counts()]


def get_data_round(key: str) -> Round:
    """Return a round that has open data. Raises NotFound alike for any other."""
    found = next((round_ for round_ in data_rounds() if round_.key == key), None)
    if found is None:
        raise NotFound(FILE_NOT_FOUND)
    return found


def files_of_round(round_: Round) -> list[DataFile]:
    """Every file of a round, its schema and its checksums last (データの一覧)."""
    tables = _tables(round_)
    files = [file for name, table in tables.items() for file in _both_forms(name, table)]
    files.append(_schema(tables))
    sums = "".join(f"{file.sha256}  {file.name}\n" for file in files)
    return [
        *files,
        DataFile(
            name=SUMS, title="検査値", rows=None, content=sums.encode(), content_type=TEXT_TYPE
        ),
    ]


def get_file(round_: Round, name: str) -> DataFile:
    """Return one file of a round by its name. Raises NotFound."""
    found = next((file for file in files_of_round(round_) if file.name == name), None)
    if found is None:
        raise NotFound(FILE_NOT_FOUND)
    return found


def _tables(round_: Round) -> dict[str, Table]:
    copies = live_of_round(round_)
    parts: dict[str, Callable[[], Table]] = {
        "proposals": lambda: _proposals(round_, copies),
        "answers": lambda: _answers(round_, copies),
        "candidates": lambda: _candidates(round_),
    }
    return {name: make() for name, make in parts.items()}


def _both_forms(name: str, table: Table) -> list[DataFile]:
    count = len(table.rows)
    return [
        DataFile(
            name=f"{name}.csv",
            title=f"{table.title}（CSV）",
            rows=count,
            content=to_csv(table, bom=True),
            content_type=CSV_TYPE,
        ),
        DataFile(
            name=f"{name}.json",
            title=f"{table.title}（JSON）",
            rows=count,
            content=to_json(table).encode(),
            content_type=JSON_TYPE,
        ),
    ]


def _proposals(round_: Round, copies: list[Publication]) -> Table:
    return Table(
        title=f"{round_.label}　公表された提案",
        columns=PROPOSAL_COLUMNS,
        rows=[
            _proposal_row(copy, case)
            for copy, case in zip(copies, public_cases(copies), strict=True)
        ],
    )


def _proposal_row(copy: Publication, case: PublicCase) -> dict[str, object]:
    return {
        "receipt_number": case.number,
        "round": case.round,
        "title": case.title,
        "body": copy.body_words,
        "body_type": copy.content["body_type"],
        "is_named": int(copy.is_named),
        "partners": case.partners,
        "state": PUBLIC_STATE_LABELS[copy.public_state],
        "category_code": case.category_code,
        "category_label": case.category_label,
        "policy": case.policy,
        "ministry": case.ministry,
        "content": "\n".join(f"【{label}】{text}" for label, text in case.texts),
        "outcome": case.outcome,
        "answers": len(case.answers),
        "published_on": clock.to_jst(case.first_at).date() if case.first_at else None,
        "updated_on": clock.to_jst(case.updated_at).date() if case.updated_at else None,
    }


def _answers(round_: Round, copies: list[Publication]) -> Table:
    rows = []
    for copy in copies:
        for stored in copy.content["answers"]:
            answer = public_answer(stored)
            shown = {column.key: getattr(answer, column.key) for column in ANSWER_COLUMNS[1:]}
            rows.append({"receipt_number": copy.receipt_number, **shown})
    return Table(title=f"{round_.label}　府省庁の回答", columns=ANSWER_COLUMNS, rows=rows)


def public_candidates(round_: Round) -> list[Candidate]:
    """Candidates of a round that are decided and public (公表できる対象候補), in their order.

    Neither 【P】 nor a line that is still looked into; none before the figures of the round are
    published.
    """
    published_at = round_.statistics_published_at
    if round_.is_practice or published_at is None or published_at > clock.now():
        return []
    return list(
        db.session.scalars(
            select(Candidate)
            .where(
                Candidate.round_id == round_.id,
                is_announced(),
                Candidate.state != CandidateState.DROPPED,
            )
            .order_by(Candidate.position)
        )
    )


def _candidates(round_: Round) -> Table:
    rows = [_candidate_row(round_, candidate) for candidate in public_candidates(round_)]
    return Table(title=f"{round_.label}　対象候補", columns=CANDIDATE_COLUMNS, rows=rows)


def _candidate_row(round_: Round, candidate: Candidate) -> Mapping[str, object]:
    origin = candidate.origin
    return {
        "round": round_.label,
        "mark": candidate.printed_mark,
        "section": candidate.section.printed if candidate.section else "",
        "system": candidate.system,
        "ministries": "、".join(row.printed_name for row in candidate.ministries),
        "origin": CANDIDATE_ORIGIN_LABELS[origin] if origin else "",
        "state": CANDIDATE_STATE_LABELS[candidate.state],
    }


def _schema(tables: Mapping[str, Table]) -> DataFile:
    """Describe the columns of the tables (データの定義), in the words of CSV on the Web."""
    described = {
        "@context": "http://www.w3.org/ns/csvw",
        "version": SCHEMA_VERSION,
        "tables": [
            {
                "url": f"{name}.csv",
                "title": table.title,
                "rows": len(table.rows),
                "tableSchema": {
                    "columns": [
                        {"name": column.key, "titles": column.label, "datatype": TYPES[column.kind]}
                        for column in table.columns
                    ]
                },
            }
            for name, table in tables.items()
        ],
    }
    content = json.dumps(described, ensure_ascii=False, indent=2) + "\n"
    return DataFile(
        name=SCHEMA,
        title="データの定義",
        rows=None,
        content=content.encode(),
        content_type=JSON_TYPE,
    )
