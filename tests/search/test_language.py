"""The language of the search (検索の書き方), without any database."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.search.language import Field, FieldTerm, Query, Word, quoted, read_query
from app.search_index.grams import grams_of_text, grams_of_word

ODD = st.text(alphabet='あア戸籍ーOR"「」“”-－:：<>= 　状態回府省F5\n\\%_()*\x00🏠', max_size=40)


def read(text: str) -> Query:
    return read_query({"q": text})


def test_words_phrases_and_exclusions_are_told_apart() -> None:
    query = read('戸籍　"窓口 支援" -廃止 住民票 OR 印鑑')

    assert query.groups == (
        (Word("戸籍"),),
        (Word("窓口 支援", is_exact=True),),
        (Word("住民票"), Word("印鑑")),
    )
    assert query.excluded == (Word("廃止"),)
    assert query.problems == ()


def test_fields_are_read_in_any_width() -> None:
    query = read('状態：仕分け中 期限:＜＝2024-09-01 -団体:"甲 県" 所管:総務省')

    assert query.fields == (
        FieldTerm(Field.STATE, "仕分け中"),
        FieldTerm(Field.DUE, "2024-09-01", "<="),
        FieldTerm(Field.BODY, "甲 県", "", is_excluded=True),
        FieldTerm(Field.MINISTRY, "総務省"),
    )


def test_mistakes_are_said_and_the_rest_is_searched() -> None:
    query = read('OR 戸籍 OR 項目:値 状態: 番号:>3 "閉じない')

    assert query.groups == ((Word("戸籍"), Word("項目:値")), (Word("閉じない", is_exact=True),))
    assert query.fields == (FieldTerm(Field.NUMBER, "3"),)
    assert [problem.split("。")[0] for problem in query.problems] == [
        "引用符が閉じていません",
        "OR の前に語がありません",
        "「項目」という項目はないため、「項目:値」をそのままの文字として探しました",
        "「状態:」の後に値がないため、外して探しました",
        "「番号」は大小で比べられないため、「3」と同じものを探しました",
    ]


def test_too_much_is_cut_and_said() -> None:
    many = read(" ".join(f"語{number}" for number in range(11)))
    long = read("あ" * 201)

    assert len(many.groups) == 10
    assert many.problems == ("語は10個までです。先頭の10個で探しました。",)
    assert long.groups == ((Word("あ" * 200),),)
    assert long.problems == ("検索の語は200文字までです。先頭の200文字で探しました。",)


@settings(max_examples=300)
@given(text=ODD)
def test_any_text_is_read_and_nothing_vanishes_without_a_word(text: str) -> None:
    query = read(text)

    assert bool(query.text) == (not query.is_empty or query.problems != ())


@settings(max_examples=100)
@given(value=st.text(alphabet="市（指定都市） -:<F5", min_size=1, max_size=8))
def test_a_quoted_value_is_read_back(value: str) -> None:
    query = read(f"団体種別:{quoted(value)}")

    assert [term.value for term in query.fields] in ([value.strip()], [])


@settings(max_examples=100)
@given(text=st.text(max_size=30), start=st.integers(0, 30), length=st.integers(1, 6))
def test_a_text_has_the_grams_of_every_word_in_it(text: str, start: int, length: int) -> None:
    line = text.replace("\n", " ")
    word = line[start : start + length]

    assert not word or grams_of_word(word) <= grams_of_text(line)
