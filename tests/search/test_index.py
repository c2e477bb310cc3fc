"""The index finds what stands in the texts, nothing else, and is always in step (検索索引)."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, event, select, update
from sqlalchemy.orm import Session

from app.core.text import search_key
from app.core.unit_of_work import unit_of_work
from app.exchange.services.imports import Outcome, ask_commit
from app.extensions import db
from app.lineage.services.merging import UndoMerge, undo_merge
from app.lineage.services.splitting import (
    DIVIDED_FIELDS,
    SplitCase,
    UndoSplit,
    split_case,
    undo_split,
)
from app.proposals.models import Proposal
from app.proposals.services.drafts import discard_draft
from app.registers.models import AliasKind, RegisterAlias
from app.search_index.models import SearchDocument
from app.search_index.queries import (
    AllOf,
    AnyOf,
    Contains,
    OwnedBy,
    Wanted,
    Without,
    matching,
    owners_with,
)
from app.search_index.rebuild import (
    LEFT_OVER,
    MISSING,
    STALE,
    StaleDocument,
    fill_missing,
    rebuild,
    stale_documents,
)
from app.search_index.sources import Document, Source
from app.search_index.store import put_documents
from app.workflow.handoffs import HandoffState
from tests.exchange.tables import complete, sent, started
from tests.factories import (
    World,
    interrupted,
    make_accepted,
    make_classified,
    make_draft,
    make_handoff,
    make_merged,
    make_submitted,
    make_withdrawn,
    make_world,
)

TITLES = ("戸籍の窓口", "戸の籍", "システム", "シスタム ステテム", "100%の_確認", "ああああ" * 100)


def found_by(wanted: Wanted) -> list[str]:
    found = matching(wanted)
    rows = db.session.execute(
        select(SearchDocument.folded)
        .select_from(found.source)
        .where(found.condition, SearchDocument.kind == "test")
        .order_by(found.position)
    )
    return [row[0] for row in rows]


@pytest.fixture
def documents(db_session: Session) -> None:
    """Cases would bring other texts along: documents of a kind of their own."""
    source = Source(
        kind="test",
        watches=(),
        read=lambda _connection, ids: [
            Document(owner_id=id_, case_id=None, fields=[TITLES[id_ - 1]]) for id_ in ids
        ],
        ids=select(SearchDocument.id),
    )
    put_documents(db_session.connection(), source, range(1, len(TITLES) + 1))


@pytest.mark.usefixtures("documents")
def test_index_finds_exactly_what_stands_in_the_texts() -> None:
    texts = [search_key(title) for title in TITLES]

    for word in (
        "戸籍",
        "戸",
        "籍",
        "しすてむ",
        "すて",
        "しすたむ",
        "%",
        "_",
        "100%",
        "あ" * 300,
        "無",
    ):
        assert found_by(Contains(word)) == [text for text in texts if word in text]


@pytest.mark.usefixtures("documents")
def test_words_are_joined_as_asked() -> None:
    both = AnyOf((Contains("戸"), Contains("しす")))

    assert found_by(both) == ["戸籍の窓口", "戸の籍", "しすてむ", "しすたむ すててむ"]
    assert found_by(AllOf((both, Without(Contains("籍"))))) == ["しすてむ", "しすたむ すててむ"]
    owned = OwnedBy(("test",), (2, 4))
    beside = AnyOf((Contains("戸籍"), owned))
    assert found_by(owned) == ["戸の籍", "しすたむ すててむ"]
    assert found_by(beside) == ["戸籍の窓口", "戸の籍", "しすたむ すててむ"]
    assert found_by(AllOf((beside, Contains("籍")))) == ["戸籍の窓口", "戸の籍"]
    assert found_by(AllOf((beside, AnyOf((Contains("しす"), OwnedBy(("case",), (2,))))))) == [
        "しすたむ すててむ"
    ]
    assert found_by(AllOf((both, Without(beside)))) == ["しすてむ"]
    assert len(found_by(AllOf(()))) == len(TITLES)
    assert len(found_by(Without(Contains("戸籍")))) == len(TITLES) - 1


def test_every_way_of_writing_keeps_the_index_in_step(world: World) -> None:
    draft = make_draft(world)
    proposal = make_submitted(world)
    make_merged(world)
    make_handoff(world, make_classified(world), state=HandoffState.ANSWERED)
    proposal.organization.recorded_name = "改名した市"
    alias = RegisterAlias(text="別の名", kind=AliasKind.OTHER_NAME, reason="試験")
    world.entry.aliases.append(alias)
    db.session.flush()
    db.session.execute(
        update(Proposal).where(Proposal.id == proposal.id).values(title="まとめて書き直した")
    )
    assert stale_documents() == []

    world.entry.aliases.remove(alias)
    db.session.delete(draft)
    db.session.flush()
    db.session.execute(delete(Proposal).where(Proposal.id == -1))

    assert stale_documents() == []


def test_what_officers_do_with_cases_keeps_the_index_in_step(world: World) -> None:
    """Merging and splitting, both undone; withdrawal; drafts that come in a table or are erased."""
    absorbed, whole, withdrawn = make_merged(world), make_accepted(world), make_withdrawn(world)
    undo_merge(absorbed, UndoMerge(version=absorbed.version, reason="別件"), actor=world["lead"])
    texts = tuple(
        {**dict.fromkeys(DIVIDED_FIELDS, "部分の文"), "title": title} for title in ("窓口", "収納")
    )
    split = SplitCase(version=whole.version, texts=texts, reason="二つの業務のため")
    split_case(whole, split, actor=world["officer1"])
    after_split = [len(found_in("case", "部分の文")), stale_documents()]
    undo = UndoSplit(version=whole.version, reason="分けなくてよいため")
    undo_split(whole, undo, actor=world["officer1"])
    run = started(world, sent(complete(提案概要="表から来た鍵"), complete(提案概要="表の二行目")))
    outcome = ask_commit(run, actor=world["city"])
    draft = db.session.scalars(select(Proposal).where(Proposal.title == "表から来た鍵")).one()
    imported = found_in("case", "表から来た鍵")
    discard_draft(draft, version=draft.version, actor=world["city"])

    assert after_split == [2, []]
    assert outcome is Outcome.DONE
    assert imported == [draft.id]
    assert found_in("case", "表から来た鍵") == []
    assert withdrawn.id in found_in("case", withdrawn.title)
    assert found_in("case", str(withdrawn.receipt_number)) == []
    assert stale_documents() == []


def found_in(kind: str, word: str) -> list[int]:
    return sorted(db.session.scalars(owners_with((kind,), Contains(search_key(word)))))


def test_a_save_without_new_texts_asks_nothing_of_the_index(world: World) -> None:
    proposal = make_submitted(world)
    db.session.flush()

    proposal.is_late = True
    of_no_text = statements_of_flush()
    proposal.detail = "窓口の待ち時間"
    of_a_text = statements_of_flush()

    assert [asked.split()[0] for asked in of_no_text] == ["UPDATE"]
    # The case itself; then it is read with its form, its document found, written, and its grams;
    # last it is asked for answers that are not shared, and their document.
    of_engine = ["DELETE", "INSERT"] if db.engine.dialect.name == "sqlite" else []
    assert [asked.split()[0] for asked in of_a_text] == [
        *("UPDATE", "SELECT", "SELECT", "SELECT", "UPDATE"),
        *of_engine,
        *("SELECT", "SELECT"),
    ]


def statements_of_flush() -> list[str]:
    asked: list[str] = []

    def note(*call: Any) -> None:
        asked.append(call[2])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        db.session.flush()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return asked


def test_what_was_rolled_back_is_not_in_the_index(committed_app: Flask) -> None:
    with committed_app.app_context():
        with unit_of_work():
            world = make_world()
            proposal_id = make_submitted(world).id

        def write() -> None:
            db.session.get_one(Proposal, proposal_id).title = "取り消された"
            db.session.flush()

        with pytest.raises(RuntimeError):
            interrupted(write)

        assert stale_documents() == []


def test_check_names_what_is_not_in_step_and_a_rebuild_mends_it(world: World) -> None:
    first, second = make_submitted(world), make_submitted(world)
    db.session.commit()
    connection = db.session.connection()
    document = SearchDocument.__table__
    connection.execute(
        document.delete().where(document.c.owner_id == first.id, document.c.kind == "case")
    )
    connection.execute(
        document.update()
        .where(document.c.owner_id == second.id, document.c.kind == "case")
        .values(folded="古い本文")
    )
    connection.execute(document.insert().values(kind="reply", owner_id=9, folded="", case_id=None))
    reasons = {row for row in stale_documents() if row.reason in (MISSING, STALE, LEFT_OVER)}
    db.session.commit()
    added = fill_missing()
    rebuild()

    assert reasons == {
        StaleDocument("case", first.id, MISSING),
        StaleDocument("case", second.id, STALE),
        StaleDocument("reply", 9, LEFT_OVER),
    }
    assert added == 1
    assert stale_documents() == []
