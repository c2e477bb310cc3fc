"""Documents of an office (xlsx, docx): the right main part, nothing that runs or reaches out."""

import re
import zipfile
from typing import BinaryIO, NamedTuple
from urllib.parse import urlsplit

from app.files.gate.archive import NESTED, Archive
from app.files.gate.markup import Reader, read_part
from app.files.gate.refusal import BROKEN, MACROS, MISLABELLED, Refused

ACTIVE_X = "ActiveX コントロールが入っています。取り除いて保存し直してください"
EMBEDDED = (
    "ほかの文書が埋め込まれています（グラフの元の表を含みます）。"
    "図として貼り付け直すか、別の添付にしてください"
)
EXTERNAL = (
    "外部のファイルやテンプレートを読み込む設定が入っています。"
    "リンクを解除して（値に変えて）保存し直してください"
)
FIELD_CODE = "外部を呼び出すフィールドが入っています。取り除いて保存し直してください"

TYPES_PART = "[Content_Types].xml"
SHEET_MAIN = ".spreadsheetml.sheet.main+xml"
DOCUMENT_MAIN = ".wordprocessingml.document.main+xml"
XML_ENDINGS = (".xml", ".rels", ".vml", ".svg")
SAFE_SCHEMES = ("", "http", "https", "mailto", "tel")

# What a part is told to be, by its type or by its place; the first that fits gives the words.
FORBIDDEN_TYPES = (
    (re.compile(r"macroenabled|vbaproject|vbadata|macrosheet|dialogsheet|\.bin\.macro"), MACROS),
    (re.compile(r"activex|\.control\+xml"), ACTIVE_X),
    (re.compile(r"oleobject|\.package(?!\.)|altchunk|afchunk"), EMBEDDED),
    (re.compile(r"externallink|connections\+xml|querytable"), EXTERNAL),
)
FORBIDDEN_PLACES = (
    (re.compile(r"vbaproject|vbadata|/macrosheets/|/dialogsheets/|customui/"), MACROS),
    (re.compile(r"/activex/|activex\d*\."), ACTIVE_X),
    (re.compile(r"/embeddings/|oleobject"), EMBEDDED),
    (re.compile(r"/externallinks/|/querytables/|/connections\.xml$|/webextensions/"), EXTERNAL),
)
# A relationship is named by the end of its type, in both the transitional and the strict form.
FORBIDDEN_RELATIONS = {
    "vbaproject": MACROS,
    "xlmacrosheet": MACROS,
    "xlintlmacrosheet": MACROS,
    "wordvbadata": MACROS,
    "control": ACTIVE_X,
    "activexcontrolbinary": ACTIVE_X,
    "oleobject": EMBEDDED,
    "package": EMBEDDED,
    "afchunk": EMBEDDED,
    "externallink": EXTERNAL,
    "externallinkpath": EXTERNAL,
    "attachedtemplate": EXTERNAL,
    "subdocument": EXTERNAL,
    "frame": EXTERNAL,
    "connections": EXTERNAL,
    "querytable": EXTERNAL,
}
FORBIDDEN_FIELDS = re.compile(
    r"\b(?:DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|DATABASE|RD)\b", re.IGNORECASE
)
# Pictures and settings of the printer are the only parts that are no XML.
BINARY_PLACES = re.compile(
    r"/media/[^/]+\.(?:png|jpe?g|gif|bmp|tiff?|emf|wmf|wdp|jfif)$|/printersettings/[^/]+\.bin$"
    r"|^docprops/thumbnail\.(?:jpe?g|png|emf|wmf)$|/fonts/[^/]+\.(?:odttf|fntdata)$",
    re.IGNORECASE,
)


class Kind(NamedTuple):
    """What makes a document one of its kind (文書の種類)."""

    extension: str
    main_type: str
    # Parts that are read to the end: they say what belongs together, or hold field codes.
    whole: re.Pattern[str]


WORKBOOK = Kind("xlsx", SHEET_MAIN, re.compile(r"\.rels$|^\[content_types\]\.xml$|^xl/workbook"))
DOCUMENT = Kind("docx", DOCUMENT_MAIN, re.compile(r"\.rels$|^\[content_types\]\.xml$|^word/[^/]+$"))


def check_workbook(content: BinaryIO, size: int) -> None:
    """Check an xlsx. Raises Refused."""
    _check(content, size, WORKBOOK)


def check_document(content: BinaryIO, size: int) -> None:
    """Check a docx. Raises Refused."""
    _check(content, size, DOCUMENT)


def _check(content: BinaryIO, size: int, kind: Kind) -> None:
    archive = Archive(content, size)
    # Places first: a forbidden part is named before anything of it is unpacked.
    for entry in archive.entries:
        _refuse(entry.filename.lower(), FORBIDDEN_PLACES)
    main_types: list[str] = []
    for entry in archive.entries:
        if entry.is_dir():
            continue
        main_types += _check_part(archive, entry, kind)
    if not main_types:
        raise Refused(BROKEN)
    if not any(main.endswith(kind.main_type) for main in main_types):
        raise Refused(MISLABELLED.format(extension=kind.extension))


def _check_part(archive: Archive, entry: zipfile.ZipInfo, kind: Kind) -> list[str]:
    """Check one part; return the types of main parts that it declares, if it is the list."""
    name = entry.filename.lower()
    pieces = archive.pieces(entry)
    if not name.endswith(XML_ENDINGS):
        if not BINARY_PLACES.search(name):
            raise Refused(NESTED)
        for _ in pieces:
            pass
        return []
    is_whole = bool(kind.whole.search(name))
    reader = read_part(pieces, is_whole=is_whole)
    if name.endswith(".rels"):
        _check_relations(reader)
    if FORBIDDEN_FIELDS.search("".join(reader.field_codes)):
        raise Refused(FIELD_CODE)
    return _main_types(reader) if entry.filename == TYPES_PART else []


def _main_types(reader: Reader) -> list[str]:
    types = [attributes.get("ContentType", "").lower() for _, attributes in reader.elements]
    for declared in types:
        _refuse(declared, FORBIDDEN_TYPES)
    return [declared for declared in types if declared.endswith(".main+xml")]


def _check_relations(reader: Reader) -> None:
    for local, attributes in reader.elements:
        if local != "Relationship":
            continue
        kind = attributes.get("Type", "").rpartition("/")[2].lower()
        if kind in FORBIDDEN_RELATIONS:
            raise Refused(FORBIDDEN_RELATIONS[kind])
        is_external = attributes.get("TargetMode", "").lower() == "external"
        # A link that a person may follow is fine; what is fetched by itself is not.
        if is_external and (kind != "hyperlink" or not _is_safe_link(attributes.get("Target", ""))):
            raise Refused(EXTERNAL)


def _is_safe_link(target: str) -> bool:
    if target.startswith(("\\\\", "//")):
        return False
    try:
        return urlsplit(target).scheme.lower() in SAFE_SCHEMES
    except ValueError:
        return False


def _refuse(text: str, rules: tuple[tuple[re.Pattern[str], str], ...]) -> None:
    for pattern, words in rules:
        if pattern.search(text):
            raise Refused(words)
