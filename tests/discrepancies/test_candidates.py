"""What the checks read off the list of candidates (対象候補（案）の一覧)."""

from app.candidates.queries import all_candidates_of
from app.discrepancies.candidates import key_of, printed_deadline
from tests.factories import World


def test_lines_have_keys_of_their_own_and_one_names_a_deadline(world: World) -> None:
    rows = all_candidates_of(world.round)

    keys = [key_of(row) for row in rows]
    assert (len(set(keys)), keys[8], keys[9]) == (15, "line-9", "9")
    assert [printed_deadline(row) for row in rows if printed_deadline(row)] == [(8, 23)]
