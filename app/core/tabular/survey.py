"""A look at a workbook before it is read (xlsx の下見): how large it is, where formulas stand.

The reader of values lays out a grid from the first cell to the last one: a single cell at
XFD1048576 would take all memory. The parts are therefore streamed once, with an end in sight.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from xml.parsers import expat

MAX_EXPANDED_CHARACTERS = 20_000_000
_CHUNK = 64 * 1024
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_RELATIONSHIP_ID = "http://schemas.openxmlformats.org/officeDocument/2006/relationships id"
_STRICT_RELATIONSHIP_ID = "http://purl.oclc.org/ooxml/officeDocument/relationships id"


class SurveyRefusal(Exception):
    """The workbook is not read; the message says why and what to do (Japanese)."""


@dataclass
class SheetSurvey:
    """What a sheet holds (シートの下見): (row, column) of formulas and of error values, from 0."""

    formulas: set[tuple[int, int]] = field(default_factory=set)
    faults: set[tuple[int, int]] = field(default_factory=set)


@dataclass(frozen=True)
class _Limits:
    rows: int
    columns: int
    cells: int


def a1_name(row: int, column: int) -> str:
    """Name of a cell (セル番地) from its row and column, counted from 0: (0, 27) is AB1."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def survey_workbook(
    content: bytes, *, max_rows: int, max_columns: int, max_cells: int
) -> Mapping[str, SheetSurvey]:
    """Look through every sheet of an xlsx, by the names of the sheets (下見).

    Raises SurveyRefusal when it is beyond the limits or no workbook at all.
    """
    limits = _Limits(max_rows, max_columns, max_cells)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            lengths = _shared_lengths(archive)
            counter = _Counter(limits, lengths)
            names = _sheet_names(archive)
            return {
                names.get(part, part): counter.survey(_stream(archive, part))
                for part in _worksheets(archive)
            }
    except (zipfile.BadZipFile, expat.ExpatError, KeyError, NotImplementedError) as error:
        raise SurveyRefusal(
            "Excelファイルの中が壊れています。Excelで開いて保存し直してください。"
        ) from error


def _worksheets(archive: zipfile.ZipFile) -> list[str]:
    """Parts whose root is a worksheet, wherever they lie: names can lie."""
    return [part for part in archive.namelist() if _root_of(archive, part) == "worksheet"]


class _RootFound(Exception):
    """The first element was met; the rest of the part need not be read."""


def _root_of(archive: zipfile.ZipFile, part: str) -> str:
    found: list[str] = []

    def start(name: str, _attributes: Mapping[str, str]) -> None:
        found.append(_local(name))
        raise _RootFound

    # Pictures and the like have no root at all.
    with suppress(_RootFound, expat.ExpatError):
        _parse(_stream(archive, part), start=start)
    return found[0] if found else ""


def _sheet_names(archive: zipfile.ZipFile) -> dict[str, str]:
    """Name of each sheet by its part (xl/worksheets/sheet1.xml → データ)."""
    ids: dict[str, str] = {}
    targets: dict[str, str] = {}

    def sheet(name: str, attributes: Mapping[str, str]) -> None:
        if _local(name) == "sheet":
            key = attributes.get(_RELATIONSHIP_ID) or attributes.get(_STRICT_RELATIONSHIP_ID, "")
            ids[key] = attributes.get("name", "")

    def relationship(name: str, attributes: Mapping[str, str]) -> None:
        if _local(name) == "Relationship":
            target = attributes.get("Target", "")
            path = target[1:] if target.startswith("/") else posixpath.join("xl", target)
            targets[attributes.get("Id", "")] = posixpath.normpath(path)

    _parse(_stream(archive, "xl/workbook.xml"), start=sheet)
    _parse(_stream(archive, "xl/_rels/workbook.xml.rels"), start=relationship)
    return {targets[key]: name for key, name in ids.items() if key in targets}


def _shared_lengths(archive: zipfile.ZipFile) -> list[int]:
    """Length of each shared text, by its number: one short number can stand for a long text."""
    lengths: list[int] = []

    def start(name: str, _attributes: Mapping[str, str]) -> None:
        if _local(name) == "si":
            lengths.append(0)

    def text(data: str) -> None:
        if lengths:
            lengths[-1] += len(data)

    for part in archive.namelist():
        if part.lower() == "xl/sharedstrings.xml":
            _parse(_stream(archive, part), start=start, text=text)
    return lengths


class _Counter:
    """Counts the cells that hold something, over all sheets, and stops at the limits."""

    def __init__(self, limits: _Limits, lengths: list[int]) -> None:
        self.limits = limits
        self.lengths = lengths
        self.cells = 0
        self.characters = 0
        self._forget()

    def _forget(self) -> None:
        self.found = SheetSurvey()
        self.row = self.column = -1
        self.kind = ""
        self.value: list[str] | None = None
        self.has_value = False

    def survey(self, chunks: Iterator[bytes]) -> SheetSurvey:
        self._forget()
        _parse(chunks, start=self._start, end=self._end, text=self._text)
        return self.found

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        local = _local(name)
        if local == "row":
            number = attributes.get("r", "")
            self.row = int(number) - 1 if number.isdigit() else self.row + 1
            self.column = -1
        elif local == "c":
            self._start_cell(attributes)
        elif local == "f":
            self.found.formulas.add((self.row, self.column))
            self.has_value = True
        elif local in ("v", "is"):
            self.has_value = True
            self.value = []

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        place = _REFERENCE.fullmatch(attributes.get("r", ""))
        if place:
            self.row = int(place[2]) - 1
            self.column = _column_number(place[1])
        else:
            self.column += 1
        self.kind = attributes.get("t", "")
        self.has_value = False
        self.value = None

    def _text(self, data: str) -> None:
        if self.value is not None:
            self.value.append(data)

    def _end(self, name: str) -> None:
        if _local(name) != "c" or not self.has_value:
            return
        value = "".join(self.value or [])
        self.value = None
        if self.kind == "e":
            self.found.faults.add((self.row, self.column))
        self._count(self._length_of(value))

    def _length_of(self, value: str) -> int:
        if self.kind != "s":
            return len(value)
        number = int(value) if value.isdigit() and len(value) < 10 else -1
        return self.lengths[number] if 0 <= number < len(self.lengths) else 0

    def _count(self, length: int) -> None:
        self.cells += 1
        self.characters += length
        place = a1_name(self.row, self.column)
        if self.row >= self.limits.rows + 100:
            raise SurveyRefusal(
                f"{self.limits.rows:,}行を超えています（セル{place}）。"
                "ファイルを分けるか、下の方に残った値を消してください。"
            )
        if self.column >= self.limits.columns:
            raise SurveyRefusal(
                f"列が{self.limits.columns}を超えています（セル{place}）。"
                "右の方に残った値を消してください。"
            )
        if self.cells > self.limits.cells or self.characters > MAX_EXPANDED_CHARACTERS:
            raise SurveyRefusal("中身が多すぎます。ファイルを分けてください。")


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _stream(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _parse(
    chunks: Iterator[bytes],
    *,
    start: Callable[[str, Mapping[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Parse one part; a document type is refused, so that no entity is ever expanded."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _refuse_document_type
    if end:
        parser.EndElementHandler = end
    if text:
        parser.CharacterDataHandler = text
    for chunk in chunks:
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _refuse_document_type(*_parts: object) -> None:
    raise SurveyRefusal("文書型宣言（DTD）のあるファイルは読み取れません。")


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
