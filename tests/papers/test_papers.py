"""The meeting paper (会議資料): from the data, kept as made, with what changed (P23)."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Executable, delete, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.core import clock
from app.core.document import Block, Items, KeyValues, Paragraph, TableBlock
from app.core.errors import NotAllowed
from app.core.unit_of_work import unit_of_work
from app.papers.changes import PaperChanges
from app.papers.contents import paper_content
from app.papers.drawing import changes_of, document_of
from app.papers.models import Paper
from app.papers.queries import get_paper
from app.papers.services import MakePaper, make_paper
from app.papers.stored import Check, PaperContent, content_as_stored, content_from_stored
from app.reports.catalog import get_report_kind
from tests.accounts.browser import enter
from tests.factories import World, declare_conflict, make_accepted, make_pending, make_world

NOW = clock.jst(2024, 8, 20, 10)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        make_pending(world)
        db_session.commit()
        yield world


def made(world: World, reason: str = "連絡協議会") -> Paper:
    with unit_of_work():
        number = make_paper(MakePaper(round=world.round, reason=reason), actor=None).number
    return get_paper(world.round, number)


def words_of(blocks: list[Block]) -> str:
    """All words of a document, to be searched in."""
    found: list[str] = []
    for block in blocks:
        if isinstance(block, TableBlock):
            for row in [*block.header, *block.rows]:
                found += [cell if isinstance(cell, str) else cell.text for cell in row]
        elif isinstance(block, KeyValues):
            found += [f"{term} {said}" for term, said in block.pairs]
        elif isinstance(block, Items):
            found += block.lines
        elif isinstance(block, Paragraph):
            found.append(block.text)
    return "\n".join(found)


def test_stored_content_comes_back_as_it_was(world: World) -> None:
    content = paper_content(world.round)

    stored = json.loads(json.dumps(content_as_stored(content)))
    back = content_from_stored(stored)

    assert json.loads(json.dumps(content_as_stored(back))) == stored


@pytest.mark.parametrize(
    "name", ["intake", "classification", "pending", "bunken", "keiyu-jimu", "keiyu-chosa"]
)
def test_sheet_of_the_paper_equals_its_report(world: World, name: str) -> None:
    table = get_report_kind(name).make(world.round, None).table
    (sheet,) = [each for each in paper_content(world.round).sheets if each.title == table.title]

    assert len(sheet.rows) == len(table.rows)
    for printed, row in zip(sheet.rows.values(), table.rows, strict=True):
        assert [text.replace(",", "") for text in printed.values()] == [
            "" if cell is None else str(cell).replace(",", "") for cell in table.cells(row)
        ]


def test_version_is_kept_and_the_next_one_tells_what_changed(
    world: World, db_session: Session
) -> None:
    first = made(world)
    make_accepted(world)
    db_session.commit()

    second = made(world, "差替え")

    changes = changes_of(second, get_paper(world.round, 1))
    assert isinstance(changes, PaperChanges)
    assert ("提案件数", 1, 2) in [(row.label, row.before, row.after) for row in changes.figures]
    assert (first.number, second.number) == (1, 2)
    document = document_of(second, get_paper(world.round, 1))
    assert "数の変わったところ" in [
        block.caption for block in document.blocks if isinstance(block, TableBlock)
    ]
    assert document.subtitle == "第2版　差替え"


def test_same_data_make_a_version_without_changes(world: World) -> None:
    first, second = made(world), made(world)

    changes = changes_of(second, first)

    assert changes is not None
    assert changes.is_empty


def test_failing_identity_stands_on_the_first_page(world: World) -> None:
    content = paper_content(world.round)
    failing = Check(words="一覧 4 ≠ ペンディング 5件", is_ok=False)
    broken = PaperContent(
        blocks=content.blocks, sheets=content.sheets, figures=(), checks=[failing]
    )
    paper = Paper(
        round=world.round,
        number=1,
        title="資料",
        reason="",
        made_at=NOW,
        **content_as_stored(broken),
    )

    blocks = document_of(paper, None).blocks

    assert words_of(list(blocks[:2])) == (
        "【注意】検算が一致しないところが1件あります。"
        "配る前に、最後の「検算」のページを確かめてください。\n一覧 4 ≠ ペンディング 5件"
    )


@pytest.mark.parametrize("statement", [update(Paper).values(reason="別"), delete(Paper)])
def test_paper_that_was_made_is_never_changed(
    world: World, db_session: Session, statement: Executable
) -> None:
    made(world)

    with pytest.raises(DBAPIError, match="never changed"):
        db_session.execute(statement)
    db_session.rollback()


def test_person_with_a_conflict_neither_makes_nor_opens_a_paper(
    app: Flask, world: World, db_session: Session
) -> None:
    # With a body that has no case at all: the answer must tell nothing of the cases.
    made(world)
    declare_conflict(world["officer1"], body=world["other"].organization)
    db_session.commit()
    browser = enter(app, "officer1")

    page = browser.get("/papers?round=R6")
    statuses = [
        browser.post("/papers", data={"round": "R6", "reason": "連絡協議会"}).status_code,
        browser.get("/papers/R6/1").status_code,
        browser.get("/papers/R6/2").status_code,
        browser.get("/papers/R6/1/file?format=pdf").status_code,
    ]

    assert "利益相反の登録がある人は" in page.text
    assert "第1版" not in page.text
    assert statuses == [403, 403, 403, 403]


def test_practice_round_has_no_paper(world: World, db_session: Session) -> None:
    world.round.is_practice = True
    db_session.commit()

    with pytest.raises(NotAllowed, match="練習用の募集回です"):
        made(world)


def test_officer_makes_a_paper_and_takes_both_files(app: Flask, world: World) -> None:
    browser = enter(app, "officer1")

    empty = browser.post("/papers", data={"round": "R6", "reason": " "})
    answer = browser.post("/papers", data={"round": "R6", "reason": "連絡協議会"})
    page = browser.get("/papers/R6/1")
    files = [browser.get(f"/papers/R6/1/file?format={form}") for form in ("pdf", "docx")]
    odd = [browser.get(f"/papers/R6/{number}").status_code for number in (2, 10**30)]

    assert empty.status_code == 422
    assert answer.location == "/papers/R6/1"
    assert "最初の版です。" in page.text
    assert [file.data[:4] for file in files] == [b"%PDF", b"PK\x03\x04"]
    assert browser.get("/papers/R6/1/file?format=exe").status_code == 422
    assert odd == [404, 404]
    assert "第1版" in browser.get("/papers?round=R6").text


def test_auditor_reads_and_makes_none(app: Flask, world: World) -> None:
    browser = enter(app, "auditor")

    answer = browser.post("/papers", data={"round": "R6", "reason": "連絡協議会"})

    assert answer.status_code == 403
    assert browser.get("/papers?round=R6").status_code == 200


def test_command_makes_the_paper(app: Flask, world: World, tmp_path: Path) -> None:
    out = tmp_path / "paper.docx"

    result = app.test_cli_runner().invoke(
        args=["paper", "make", "--round", "R6", "--format", "docx", "--out", str(out)]
    )

    assert result.exit_code == 0, result.output
    assert out.read_bytes()[:2] == b"PK"
