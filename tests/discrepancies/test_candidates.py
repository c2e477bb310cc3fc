"""The printed candidates (対象候補（案）の一覧)."""

from app.discrepancies.candidates import printed_candidates


def test_list_of_r6_is_the_printed_one() -> None:
    rows = printed_candidates("R6")

    assert [row.seq for row in rows] == list("①②③④⑤⑥⑦⑧＋⑨＋⑩⑪⑫＋")
    assert [row.key for row in rows if row.is_provisional] == ["9"]
    assert [row.seq for row in rows if row.origin == "提案募集"] == ["①", "⑨", "⑫"]
    assert [row.printed_deadline for row in rows if row.printed_deadline] == [(8, 23)]
    assert len({row.key for row in rows}) == len(rows)


def test_round_without_a_list_has_no_candidates() -> None:
    rows = printed_candidates("R8")

    assert rows == ()
