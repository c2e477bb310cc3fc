"""Who proposes what: every body something, nobody what it could not write."""

from random import Random

from app.demo.allotment import Allotted, allot
from app.demo.bodies import sample_bodies
from app.demo.texts import read_pending, read_texts


def allotted(seed: int) -> list[Allotted]:
    return allot(read_texts(), read_pending(), sample_bodies(), Random(seed))


def test_allot_gives_every_body_a_proposal() -> None:
    found = allotted(6)

    assert {body.name for _text, body in found} == {body.name for body in sample_bodies()}


def test_allot_fits_types_of_bodies() -> None:
    found = allotted(6)

    assert [text.title for text, body in found if body.org_type not in text.org_types] == []


def test_allot_puts_pending_last_in_their_order() -> None:
    found = allotted(6)

    assert [text for text, _body in found[-5:]] == read_pending()


def test_allot_is_the_same_for_the_same_seed() -> None:
    first, again, other = allotted(6), allotted(6), allotted(7)

    assert (first == again, first == other) == (True, False)
