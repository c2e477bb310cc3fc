"""What does not agree in a round (食い違いの確認): each check finds it, and is silent else."""

from sqlalchemy import update

from app.candidates.queries import all_candidates_of
from app.discrepancies.checks import CHECKS
from app.discrepancies.checks.facts import Facts
from app.discrepancies.findings import Finding, Kind
from app.extensions import db
from app.registers.models import Register, RegisterEntry
from app.rounds.models import Category
from app.rounds.services import ChangeClosing, change_closing
from tests.discrepancies.conftest import END, FIRST_END, link
from tests.factories import World, make_classified, make_in_review, make_pending, make_submitted


def found(world: World, kind: Kind) -> list[Finding]:
    check = next(check for check in CHECKS if check.kind is kind)
    return check.find(Facts(world.round))


def words(findings: list[Finding]) -> list[list[str]]:
    return [[figure.words for figure in finding.figures] for finding in findings]


def test_every_kind_has_one_check() -> None:
    kinds = [check.kind for check in CHECKS]

    assert kinds == list(Kind)


def test_two_deadlines_are_found_where_they_stand(world: World) -> None:
    [finding] = found(world, Kind.DEADLINES)

    assert finding.sentence == (
        "この募集回の締切は令和6年8月27日（火）23時59分ですが、"
        "変更前の締切の令和6年8月23日（金）23時59分と、"
        "対象候補（案）の一覧にある「8/23〆」もあります。"
    )
    assert [place.endpoint for place in finding.places] == ["rounds.show", "candidates.show"]
    assert finding.hint == "期限を変えたときの理由：2つの締切を遅い方にそろえるため"


def test_one_deadline_is_no_discrepancy(world: World) -> None:
    for row in all_candidates_of(world.round):
        row.system = "締切のない行"
    for change in world.round.closing_changes:
        change.old_closes_at = world.round.closes_at

    assert found(world, Kind.DEADLINES) == []


def test_deadline_moved_back_agrees_with_the_list_again(world: World) -> None:
    command = ChangeClosing(closes_at=FIRST_END, reason="元に戻すため")
    change_closing(world.round, command, actor=world["lead"])
    db.session.refresh(world.round)

    [finding] = found(world, Kind.DEADLINES)

    assert [figure.words for figure in finding.figures] == [
        "令和6年8月23日（金）23時59分",
        "令和6年8月27日（火）23時59分",
    ]
    assert END not in {world.round.closes_at}


def test_as_many_proposals_as_surveys_are_found(world: World) -> None:
    of_surveys = RegisterEntry.register == Register.KEIYU_CHOSA
    db.session.execute(update(RegisterEntry).where(of_surveys).values(quantity=0))
    first = RegisterEntry.number == 1
    db.session.execute(update(RegisterEntry).where(of_surveys, first).values(quantity=2))
    make_submitted(world)
    before = words(found(world, Kind.SAME_FIGURE))

    make_submitted(world)

    assert before == []
    assert words(found(world, Kind.SAME_FIGURE)) == [["2件", "2調査"]]
    make_submitted(world)
    assert found(world, Kind.SAME_FIGURE) == []


def test_class_b_is_held_against_the_lines_of_the_year(world: World) -> None:
    db.session.execute(update(Category).where(Category.code == "F-5").values(code="B"))
    make_classified(world)

    assert words(found(world, Kind.BUNKEN)) == [["1件", "14行", "管理番号16個"]]


def test_class_counts_wait_until_the_desk_is_empty(world: World) -> None:
    make_classified(world)
    make_in_review(world)

    assert found(world, Kind.CANDIDATE_ORIGIN) == []


def test_proposals_for_candidates_are_held_against_the_list(world: World) -> None:
    make_classified(world)

    assert words(found(world, Kind.CANDIDATE_ORIGIN)) == [["1件", "3件（①⑨⑫）"]]


def test_provisional_candidate_with_a_pending_case_is_found(world: World) -> None:
    make_pending(world)  # about something else
    case = make_pending(world)
    link(world, case, 9)

    assert words(found(world, Kind.CANDIDATE_PENDING)) == [
        ["⑨【P】", f"1件（{case.receipt_number}）"]
    ]
