"""Suggestions of a category with evidence (分類の候補)."""

import pytest
from sqlalchemy.orm import Session

from app.core import clock
from app.proposals.models import Proposal
from app.registers.models import AliasKind, Register, RegisterAlias
from app.suggestions.engine import suggest
from app.suggestions.models import Rule
from tests.factories import World, make_draft
from tests.suggestions.rows import HOUSING, add_bunken, add_housing, add_row

SURVEY = "国の調査の回答を県が結合し、転記している。"


def case(world: World, **texts: str) -> Proposal:
    plain = {"title": "仕組みの共通化", "requested_measure": "共に使えるようにすること。"}
    return make_draft(world, **{**plain, **texts})


def test_a_named_row_is_suggested_with_the_words_as_typed(world: World) -> None:
    entry = add_housing()
    proposal = case(world, title="公営住宅の家賃の事務", detail=f"前置きです。\n{HOUSING}")

    [found] = suggest(proposal)

    assert (found.entry, found.category_key, found.rule) == (entry, "core20", Rule.NAME)
    assert found.span.field == "detail"
    assert proposal.detail[found.span.start : found.span.end] == found.span.text
    assert found.span.text == HOUSING.removesuffix("。")
    assert found.terms == ("公営住宅管理システム",)
    assert found.rule_words == (
        "台帳 密接関連業務システム 8 「公営住宅管理システム」が文中にある→C"
    )


def test_an_alias_finds_the_row(world: World, db_session: Session) -> None:
    entry = add_housing()
    entry.aliases.append(
        RegisterAlias(text="住宅使用料", kind=AliasKind.RELATED, reason="家賃の呼び方")
    )
    db_session.flush()
    proposal = case(world, title="住宅使用料の収納", requested_measure="住宅使用料を扱うこと。")

    [found] = suggest(proposal)

    assert (found.entry, found.rule, found.terms) == (entry, Rule.NAME, ("住宅使用料",))


def test_other_words_of_the_same_meaning_are_found_with_their_sentence(world: World) -> None:
    entry = add_row(Register.CORE20, 10, "犬の登録と狂犬病の予防注射の台帳")
    proposal = case(
        world,
        title="飼い犬の登録と注射の記録",
        requested_measure="飼い犬の届けと予防の接種の記録を引き継げるようにすること。",
    )

    [found] = suggest(proposal)

    assert (found.entry, found.span.field) == (entry, "requested_measure")


def test_a_survey_is_known_by_its_ministry(world: World) -> None:
    entry = add_row(Register.TYPES, 2, "厚生", ministry_name=world["ministry"].organization.name)
    entry.register = Register.KEIYU_CHOSA
    entry.examples = "福祉計画の策定状況調査"
    world.round.scheme.categories[1].key = "keiyu"
    proposal = case(world, title="国の福祉の調査の回答", requested_measure=SURVEY)
    proposal.ministry = world["ministry"].organization

    [found] = suggest(proposal)

    assert (found.entry, found.category_key) == (entry, "keiyu")
    assert found.span.field == "requested_measure"


def test_the_control_number_is_enough(world: World) -> None:
    add_bunken(world, year=2023, number=56)
    entry = add_bunken(world, year=2024, number=57)
    proposal = case(world)
    proposal.bunken_control_number = "57"

    [found] = suggest(proposal)

    assert (found.entry, found.rule, found.span.text) == (entry, Rule.CONTROL_NUMBER, "57")


def test_a_number_of_an_earlier_year_is_not_meant(world: World) -> None:
    add_bunken(world, year=2023, number=56)
    add_bunken(world, year=2024, number=57)
    proposal = case(world)
    proposal.bunken_control_number = "56"

    assert suggest(proposal) == []


def test_nothing_to_cite_nothing_suggested(world: World) -> None:
    add_housing()
    proposal = case(world, title="庁内の会議室の予約", detail="会議室の予約は紙の表で行う。")

    assert suggest(proposal) == []


def test_a_retired_row_suggests_nothing_any_more(world: World, db_session: Session) -> None:
    entry = add_housing()
    proposal = case(world, title="公営住宅の家賃", detail=HOUSING)
    assert [row.entry for row in suggest(proposal)] == [entry]

    entry.retired_at = clock.now()
    db_session.flush()

    assert suggest(proposal) == []


def test_a_category_the_round_does_not_have_is_not_suggested(world: World) -> None:
    add_row(Register.DPI, 1, "マイナンバーカード")
    proposal = case(world, title="マイナンバーカードの読取り", detail="マイナンバーカードを読む。")

    assert suggest(proposal) == []


@pytest.mark.parametrize("text", ["。", "\n\n", "ー" * 50, "𠮷" * 10, "|" * 10])
def test_any_text_is_taken(world: World, text: str) -> None:
    add_housing()
    proposal = case(world, title="題", detail=text, requested_measure="", hardship_case=text)

    assert suggest(proposal) == []


def test_the_same_text_gives_the_same_answer(world: World) -> None:
    add_housing()
    proposal = case(world, title="公営住宅の家賃", detail=HOUSING)

    assert suggest(proposal) == suggest(proposal)
