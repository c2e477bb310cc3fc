"""What is read out of a text (システムの読取り): functions with quotes, names, adoption."""

import pytest

from app.clusters.adoption import read_adoption
from app.clusters.models import Adoption
from app.clusters.reading import read_system


def kinds_of(text: str) -> set[str]:
    return set(read_system([("title", "表題"), ("detail", text)]).kinds)


def test_function_is_read_with_the_words_that_say_so() -> None:
    text = "市営住宅の使用料の調定を行う。"

    reading = read_system([("title", "表題"), ("detail", text)])

    [function] = [row for row in reading.functions if row.quote.endswith("調定")]
    assert (function.kind, function.field, function.duty) == (
        "料金の調定・収納",
        "detail",
        "公営住宅",
    )
    assert function.quote in text


def test_what_another_system_does_is_no_function() -> None:
    own = "使用料を収納する。"

    aside = "入居者の募集と抽選は紙の台帳で行っており、システムの対象外である。"

    assert kinds_of(own + aside) == kinds_of(own)


def test_name_is_no_function() -> None:
    reading = read_system([("title", "収納管理システム")])

    assert (reading.functions, reading.names) == ((), ("収納管理システム",))


def test_duty_that_is_only_linked_is_not_the_main_one() -> None:
    text = "住民基本台帳の情報と連携し、国民健康保険のデータを参照して、墓地の使用者を管理する。"

    assert read_system([("title", "表題"), ("detail", text)]).main_duty == "墓地・墓苑"


@pytest.mark.parametrize(
    ("text", "adoption"),
    [
        ("システムを導入済み。申請は紙で受付。", Adoption.ADOPTED),
        ("専用のシステムは未導入。表計算ソフトで処理。", Adoption.NOT_ADOPTED),
        ("紙の台帳で管理している。", Adoption.NOT_ADOPTED),
        ("本市に該当する事務はない。", Adoption.NO_DUTY),
        ("事務を実施していない", Adoption.NO_DUTY),
        ("検討している。", Adoption.UNKNOWN),
        ("", Adoption.UNKNOWN),
    ],
)
def test_adoption_is_read_from_the_words_of_the_body(text: str, adoption: Adoption) -> None:
    found = read_adoption(text)

    assert found.adoption is adoption
    assert found.words in text
