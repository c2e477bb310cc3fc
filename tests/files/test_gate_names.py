"""Names of files (安全な名前): the 28 hostile ones, and that good ones stay as they are (P32)."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.files.gate import clean_name

HOSTILE_NAMES = {
    "../../etc/passwd.pdf": "passwd.pdf",
    "..\\..\\windows\\win.pdf": "win.pdf",
    "/absolute/a.pdf": "a.pdf",
    "C:\\Users\\a.pdf": "a.pdf",
    "\\\\server\\share\\a.pdf": "a.pdf",
    "a\x00.pdf": "a.pdf",
    "a\r\nSet-Cookie: x=1.pdf": "a_Set-Cookie_ x=1.pdf",
    'a".pdf': "a_.pdf",
    "a;filename=b.exe.pdf": "a;filename=b.exe.pdf",
    "<script>.pdf": "_script_.pdf",
    "a\u202efdp.exe": "afdp.exe",
    "a\u2066b\u2069.pdf": "ab.pdf",
    "a\u200b.pdf": "a.pdf",
    "a\ufeff.pdf": "a.pdf",
    "CON.pdf": "_CON.pdf",
    "nul.csv": "_nul.csv",
    "COM1.pdf": "_COM1.pdf",
    "lpt9.tar.pdf": "_lpt9.tar.pdf",
    "com¹.pdf": "_com¹.pdf",
    "aux": "_aux",
    "a.pdf.": "a.pdf",
    "a.pdf   ": "a.pdf",
    "...": "名称なし",
    "": "名称なし",
    ".pdf": "pdf",
    "a.pdf::$DATA": "a.pdf__$DATA",
    "a?*|.pdf": "a___.pdf",
    "\x1b[31ma.pdf": "[31ma.pdf",
}


@pytest.mark.parametrize(("name", "clean"), HOSTILE_NAMES.items(), ids=ascii)
def test_p32_hostile_name_is_made_harmless(name: str, clean: str) -> None:
    assert clean_name(name) == clean


def test_p32_there_are_28_hostile_names() -> None:
    assert len(HOSTILE_NAMES) == 28


@pytest.mark.parametrize(
    "name",
    [
        "別紙1（支障事例）.xlsx",
        "申請書 R6.8.27版.PDF",
        "葛󠄀城市_図.png",
        "コンソール.csv",
        "①調査㈱.docx",
        "no extension",
    ],
)
def test_clean_name_stays_as_it_came(name: str) -> None:
    assert clean_name(name) == name


def test_combining_marks_are_put_together() -> None:
    assert clean_name("カ\u3099.pdf") == "ガ.pdf"


@pytest.mark.parametrize("letter", ["a", "あ", "𠮷"])
def test_long_name_keeps_its_extension(letter: str) -> None:
    name = clean_name(letter * 500 + ".xlsx")

    assert name.endswith(f"{letter}.xlsx")
    assert len(name) <= 120
    assert len(name.encode()) <= 200


@given(st.text(max_size=300))
def test_any_text_becomes_one_safe_part(text: str) -> None:
    name = clean_name(text)

    assert name == clean_name(name)
    assert 0 < len(name.encode()) <= 200
    assert not {unicodedata.category(letter) for letter in name} & {"Cc", "Cs", "Zl", "Zp"}
    assert not set(name) & set('/\\:*?"<>|')
