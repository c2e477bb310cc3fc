"""Ids that stay, corrections that are kept (まとまりの同一性と訂正)."""

from app.clusters.matching import Corrections, Placing, match_groups


def test_cluster_goes_on_where_most_of_its_members_are() -> None:
    before = {7: {1, 2, 3}, 8: {4, 5}}

    placed = match_groups(before, [{1, 2, 9}, {3, 4, 5, 6}], {})

    assert placed == [Placing(7, {1, 2, 9}), Placing(8, {3, 4, 5, 6})]


def test_group_without_a_majority_is_a_new_cluster() -> None:
    assert match_groups({7: {1, 2, 3, 4}}, [{1, 2, 5}], {}) == [Placing(None, {1, 2, 5})]


def test_removed_case_stays_out_and_added_one_stays_in() -> None:
    decided = {7: Corrections(removed=frozenset({3}), added=frozenset({9}))}

    assert match_groups({7: {1, 2, 9}}, [{1, 2, 3}], decided) == [Placing(7, {1, 2, 9})]


def test_merged_cluster_takes_in_the_groups_it_was_made_of() -> None:
    decided = {7: Corrections(is_merged=True)}

    placed = match_groups({7: {1, 2, 3, 4}}, [{1, 2}, {3, 4}, {5, 6}], decided)

    assert placed == [Placing(7, {1, 2, 3, 4}), Placing(None, {5, 6})]


def test_cluster_of_one_case_is_none() -> None:
    decided = {7: Corrections(removed=frozenset({2}))}

    assert match_groups({7: {1, 2}}, [{1, 2}], decided) == []
