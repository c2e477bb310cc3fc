"""Loading the demo (見本データの読込み): everything through the services, or nothing at all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from sqlalchemy import select, update

from app.accounts.models import Organization, OrganizationKind, OrgType
from app.attestations.services import Attest, attest
from app.attestations.texts import current_text
from app.core import clock
from app.core.closing_days import office_calendar
from app.core.errors import DomainError
from app.core.unit_of_work import unit_of_work
from app.demo import candidates, rounds
from app.demo.allotment import Allotted, allot
from app.demo.bodies import add_organizations, sample_bodies
from app.demo.people import Cast, add_people
from app.demo.practice import ALL_CASES, choose_texts, practice_opens_on, tell_practice
from app.demo.questions import tell_questions
from app.demo.replay import Event, replay
from app.demo.steps import Case, Place
from app.demo.story import tell_story
from app.demo.texts import SampleText, read_pending, read_texts
from app.extensions import db
from app.notifications.models import OutboxMessage
from app.registers.load import read_entries
from app.registers.queries import all_entries
from app.registers.services import add_entries
from app.rounds.models import Round, Scheme

SEED = 6
DEPARTMENTS: Mapping[OrgType, Sequence[str]] = {
    OrgType.PREFECTURE: ("デジタル戦略課", "情報政策課", "行政経営課", "市町村課"),
    OrgType.DESIGNATED_CITY: ("デジタル改革推進課", "行政改革課", "情報システム課"),
    OrgType.CORE_CITY: ("デジタル推進課", "行政経営課", "情報政策課"),
    OrgType.CITY: ("情報政策課", "デジタル推進課", "企画政策課", "総務課"),
    OrgType.TOWN_VILLAGE: ("総務課", "企画財政課", "住民課"),
}
NOT_EMPTY = (
    "デモは空のデータベースにだけ読み込めます。このデータベースには既に団体が登録されています。"
    "DATABASE_URL に別のデータベースを指定し、db upgrade を行ってからやり直してください。"
)


class NotEmpty(DomainError):
    """The database holds other data, which the demo would mix with (読込み先が空でない)."""

    default_message = NOT_EMPTY


@dataclass(frozen=True, kw_only=True)
class _World:
    cast: Cast
    scheme: Scheme
    round: Round
    organizations: Mapping[str, Organization]


def is_loaded() -> bool:
    """Whether the demo is there already (読込み済み)."""
    return db.session.scalar(select(Round.id).where(Round.key == rounds.R6)) is not None


def load_demo(say: Callable[[str], None]) -> None:
    """Load 令和6年 and the practice in one transaction (見本データの読込み).

    What was cut short has changed nothing. `say` is told of the progress. Raises NotEmpty.
    """
    with unit_of_work():
        if db.session.scalar(select(Organization.id).limit(1)) is not None:
            raise NotEmpty
        with clock.at(rounds.SET_UP_AT):
            world = _set_up()
        say("団体・利用者・台帳・募集回を登録しました。")
        say(f"令和6年の経過を再現しました（{_load_round(world)}の操作）。")
        with clock.at(candidates.LISTED_AT):
            listed = candidates.load_candidates(world.round, actor=world.cast["lead"])
        say(f"対象候補（案）の{listed}行を登録しました。")
        say(f"操作練習の募集回を用意しました（{_load_practice(world)}の操作）。")
        _attest_all(world)
        _read_old_news()


def _attest_all(world: _World) -> None:
    """Everybody of the demo has pledged today (研修・誓約)."""
    people = set(world.cast.users.values())
    command = Attest(text_version=current_text().version, agrees=True)
    for person in sorted(people, key=lambda person: person.id):
        attest(person, command)


def _read_old_news() -> None:
    """Nobody left the news of the last round unread until today (既読)."""
    today = clock.today()
    db.session.flush()
    db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.created_at < clock.jst(today.year, today.month, today.day))
        .values(read_at=OutboxMessage.created_at)
    )


def _set_up() -> _World:
    organizations = add_organizations()
    cast = add_people(organizations)
    add_entries(read_entries())
    scheme = rounds.add_scheme(actor=cast["admin"])
    round_ = rounds.add_round(scheme, actor=cast["admin"])
    return _World(cast=cast, scheme=scheme, round=round_, organizations=organizations)


def _load_round(world: _World) -> int:
    rng = Random(SEED)  # noqa: S311 - the same story each time, no secret
    allotted = allot(read_texts(), read_pending(), sample_bodies(), rng)
    cases = _cases(world, world.round, allotted, rng)
    cast = world.cast
    return replay(
        [
            Event(
                rounds.CLOSING_CHANGED_AT,
                lambda: rounds.move_closing(world.round, actor=cast["lead"]),
            ),
            *tell_story(cases, cast, rng),
            Event(rounds.PUBLISHED_AT, lambda: rounds.publish(world.round, actor=cast["admin"])),
        ]
    )


def _load_practice(world: _World) -> int:
    rng = Random(SEED)  # noqa: S311 - as above
    loaded_on = practice_day()
    opens_on = practice_opens_on(loaded_on)
    with clock.at(clock.jst(opens_on.year, opens_on.month, opens_on.day, 8, 30)):
        round_ = rounds.add_practice_round(
            world.scheme, opens_on=opens_on, loaded_on=loaded_on, actor=world.cast["admin"]
        )
    bodies = {body.name: body for body in sample_bodies()}
    texts = choose_texts(read_texts(), list(bodies.values()), rng)
    allotted = [
        Allotted(text, bodies[planned.body]) for planned, text in zip(ALL_CASES, texts, strict=True)
    ]
    cases = _cases(world, round_, allotted, rng)
    events = tell_practice(cases, world.cast, loaded_on)
    return replay([*events, *tell_questions(round_, world.cast, loaded_on)])


def practice_day() -> date:
    """The day the practice is as fresh as (操作練習の基準日): today, as long as holidays are known.

    Deadlines run some weeks ahead; a day too near the end of the calendar is moved back.
    """
    latest = date(office_calendar().last_valid_year, 11, 15)
    return min(clock.today(), latest)


def _cases(world: _World, round_: Round, allotted: Sequence[Allotted], rng: Random) -> list[Case]:
    place = Place(
        round=round_,
        ministry_ids={
            name: body.id
            for name, body in world.organizations.items()
            if body.kind is OrganizationKind.MINISTRY
        },
        entry_ids={(entry.register, entry.title): entry.id for entry in all_entries()},
    )
    return [
        _case(place, world.cast, text, body.name, body.org_type, rng) for text, body in allotted
    ]


def _case(
    place: Place, cast: Cast, text: SampleText, body: str, org_type: OrgType, rng: Random
) -> Case:
    return Case(
        place,
        text,
        drafter=cast.drafters[body],
        manager=cast.managers[body],
        department=rng.choice(DEPARTMENTS[org_type]),
    )
