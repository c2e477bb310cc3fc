"""What the desk shows beside its form (仕分けの机の表示)."""

from app.triage.routes.desk import Piece, marked


def test_marked_cuts_the_text_at_its_quotes() -> None:
    text = "鍵を窓口で貸し、鍵を返してもらう。"

    assert marked(text, ["", "鍵を", "返して"]) == [
        Piece("鍵を", 2),
        Piece("窓口で貸し、鍵を", 0),
        Piece("返して", 3),
        Piece("もらう。", 0),
    ]


def test_marked_keeps_a_text_without_its_quotes_whole() -> None:
    assert marked("鍵を貸す。", ["体育館"]) == [Piece("鍵を貸す。", 0)]


def test_marked_leaves_a_quote_inside_another_alone() -> None:
    assert marked("鍵を返す。", ["鍵を返す", "鍵を"]) == [Piece("鍵を返す", 1), Piece("。", 0)]
