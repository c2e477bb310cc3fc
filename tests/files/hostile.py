"""The hostile files (危ないファイルの一覧): each with the verdict it must get, built in code."""

import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from itertools import pairwise
from typing import NamedTuple

from tests.files.documents import (
    BOOK,
    DOCUMENT,
    WORD,
    archive,
    content_types,
    docx,
    jpeg,
    jpeg_segment,
    object_stream,
    office,
    ole,
    pdf,
    png,
    png_chunk,
    relation,
    relations,
    typeset_pdf,
    xlsx,
)

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
MIB = 1 << 20
ACCEPT = ""


class Hostile(NamedTuple):
    """A file to be uploaded; `reason` is a part of the words of its refusal, empty: accepted."""

    id: str
    name: str
    build: Callable[[], bytes]
    reason: str


BROKEN = "壊れている"
MISLABELLED = "拡張子"
NOT_ALLOWED = "この種類のファイルは受け付けません"
ENCRYPTED = "パスワードが付いています"
OLD = "古い形式"
MACROS = "マクロが入っています"
NESTED = "別のファイル"
EMBEDDED = "埋め込まれ"
EXTERNAL = "外部のファイルやテンプレート"
DTD = "DTD"
DENSE = "50倍を超える"
HUGE = "大きくなりすぎ"
NOT_TEXT = "文字ではないデータ"
NO_CODE = "文字コードを読み取れません"


# --- Builders -----------------------------------------------------------------------------------


def with_rels(kind: str, *rows: str) -> bytes:
    place = "word/_rels/document.xml.rels" if kind == "docx" else "xl/_rels/workbook.xml.rels"
    return office(kind, {place: relations(*rows)})


def patched(data: bytes, old: bytes, new: bytes) -> bytes:
    assert old in data
    return data.replace(old, new)


def with_flag(data: bytes, flag: int) -> bytes:
    """Set a flag in the headers of every entry."""
    changed = bytearray(data)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(mark)
        while at >= 0:
            flags = struct.unpack_from("<H", changed, at + place)[0]
            struct.pack_into("<H", changed, at + place, flags | flag)
            at = changed.find(mark, at + 4)
    return bytes(changed)


def zeros(size: int) -> bytes:
    return b"<a>" + bytes([0x20]) * size + b"</a>"


def lying(size: int) -> bytes:
    """A bomb whose headers claim one hundred bytes for the large part."""
    packed = bytearray(docx({"word/media/bomb.png": bytes(size)}))
    for place in (packed.rfind(b"PK\x03\x04") + 22, packed.rfind(b"PK\x01\x02") + 24):
        assert struct.unpack_from("<L", packed, place)[0] == size
        struct.pack_into("<L", packed, place, 100)
    return bytes(packed)


def overlapping() -> bytes:
    """Two names for one packed piece (the way of a quine and of the densest bombs)."""
    packed = bytearray(docx({"word/a.xml": DOCUMENT, "word/b.xml": DOCUMENT}))
    places = []
    at = packed.find(b"PK\x01\x02")
    while at >= 0:
        places.append(at)
        at = packed.find(b"PK\x01\x02", at + 4)
    first = struct.unpack_from("<L", packed, places[-2] + 42)[0]
    struct.pack_into("<L", packed, places[-1] + 42, first)
    return bytes(packed)


def one_inside_the_other() -> bytes:
    """An entry whose packed bytes are a whole entry of another name."""
    inner = archive({"word/media/b.png": b"inner"}, zipfile.ZIP_STORED)
    record = b"outside " + inner[: inner.find(b"PK\x01\x02")]
    listed = bytearray(inner[inner.find(b"PK\x01\x02") : inner.rfind(b"PK\x05\x06")])
    target = BytesIO(docx())
    with zipfile.ZipFile(target, "a") as packed:
        packed.writestr("word/media/a.png", record)
        start = packed.getinfo("word/media/a.png").header_offset
    outer = bytearray(target.getvalue())
    struct.pack_into("<L", listed, 42, start + 30 + len("word/media/a.png") + 8)
    end = outer.rfind(b"PK\x05\x06")
    outer[end:end] = listed
    end += len(listed)
    count, length = struct.unpack_from("<HL", outer, end + 10)
    struct.pack_into("<HHL", outer, end + 8, count + 1, count + 1, length + len(listed))
    return bytes(outer)


def many_entries(count: int) -> bytes:
    return docx({f"customXml/item{number}.xml": "<a/>" for number in range(count)})


def lying_count() -> bytes:
    """More entries than the end of the directory names."""
    packed = bytearray(many_entries(3000))
    at = packed.rfind(b"PK\x05\x06")
    struct.pack_into("<HH", packed, at + 8, 5, 5)
    return bytes(packed)


def duplicated() -> bytes:
    target = BytesIO(docx())
    other = BytesIO()
    with zipfile.ZipFile(target) as source, zipfile.ZipFile(other, "w") as copy:
        for name in source.namelist():
            copy.writestr(name, source.read(name))
        copy.writestr("word/Document.xml", DOCUMENT)
    return other.getvalue()


def symlinked() -> bytes:
    target = BytesIO(docx())
    with zipfile.ZipFile(target, "a") as packed:
        link = zipfile.ZipInfo("word/media/link.png")
        link.external_attr = 0xA1FF << 16
        packed.writestr(link, "/etc/passwd")
    return target.getvalue()


def other_method() -> bytes:
    return archive({"[Content_Types].xml": content_types("docx")}, zipfile.ZIP_LZMA)


def bad_checksum() -> bytes:
    packed = bytearray(docx())
    at = packed.rfind(b"PK\x01\x02")
    packed[at + 16] ^= 0xFF
    return bytes(packed)


def billion_laughs() -> str:
    names = [f"l{number}" for number in range(10)]
    rows = [f'<!ENTITY {names[0]} "lol">']
    for before, name in pairwise(names):
        rows.append(f'<!ENTITY {name} "{f"&{before};" * 10}">')
    return f'<?xml version="1.0"?><!DOCTYPE a [{"".join(rows)}]><a>&l9;</a>'


def far_cell() -> bytes:
    sheet = (
        f'<worksheet xmlns="{BOOK}"><sheetData><row r="1048576">'
        '<c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )
    return office("xlsx", {"xl/worksheets/sheet1.xml": sheet})


def field_code(code: str, *, split: bool = False) -> bytes:
    pieces = [code[:2], code[2:]] if split else [code]
    runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    body = f'<w:document xmlns:w="{WORD}"><w:body><w:p>{runs}</w:p></w:body></w:document>'
    return docx({"word/document.xml": body})


def open_action(action: bytes) -> bytes:
    return patched(pdf(), b"/Type /Catalog", b"/Type /Catalog /OpenAction << " + action + b" >>")


def attached_type(extension: str, declared: str) -> bytes:
    return office(
        extension, {"[Content_Types].xml": content_types(extension, ("/xl/x.xml", declared))}
    )


def main_type(extension: str, declared: str) -> bytes:
    return office(extension, {"[Content_Types].xml": content_types(extension, main_type=declared)})


def noise() -> bytes:
    return bytes((number * 7919) % 251 for number in range(20_000))


def text(words: str, encoding: str = "utf-8") -> Callable[[], bytes]:
    return lambda: words.encode(encoding)


def raw(data: bytes) -> Callable[[], bytes]:
    return lambda: data


TABLE = "項目,金額\r\n窓口,1200\r\n"
MACRO_MAIN = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
HTML = "<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
MAIL = "From: a@example.jp\r\nSubject: x\r\n\r\nbody"

# --- Accepted: real work must get through -------------------------------------------------------

GOOD = (
    Hostile("xlsx of a program", "別紙.xlsx", xlsx, ACCEPT),
    Hostile("docx of few parts", "別紙.docx", docx, ACCEPT),
    Hostile("pdf of few objects", "別紙.pdf", pdf, ACCEPT),
    Hostile("pdf of a typesetter", "別紙.pdf", typeset_pdf, ACCEPT),
    Hostile("pdf with packed objects", "a.pdf", lambda: pdf(object_stream(b"<<>>")), ACCEPT),
    Hostile("png", "図.png", png, ACCEPT),
    Hostile("jpeg", "写真.JPG", jpeg, ACCEPT),
    Hostile("jpeg, long name of the kind", "写真.jpeg", jpeg, ACCEPT),
    Hostile("jpeg with what a camera adds", "a.jpg", lambda: jpeg() + b"MotionPhoto", ACCEPT),
    Hostile("csv in UTF-8", "表.csv", text(TABLE), ACCEPT),
    Hostile("csv in UTF-8 with mark", "表.csv", text(TABLE, "utf-8-sig"), ACCEPT),
    Hostile("csv in CP932", "表.csv", text(TABLE + "①㈱髙\\ー", "cp932"), ACCEPT),
    Hostile("csv in UTF-16", "表.csv", text(TABLE, "utf-16"), ACCEPT),
    Hostile("csv in UTF-16 BE", "a.csv", lambda: b"\xfe\xff" + TABLE.encode("utf-16-be"), ACCEPT),
    Hostile("csv with formulas", "表.csv", text("=1+1,@SUM(A1),+2,-3\n"), ACCEPT),
    Hostile("csv in UTF-7", "表.csv", text("+AD0-1+AC0-2,a\n"), ACCEPT),
    Hostile("csv of one byte", "表.csv", raw(b"1"), ACCEPT),
    Hostile("csv with quotes and breaks", "表.csv", text('"a\nb","c""d"\n'), ACCEPT),
    Hostile(
        "xlsx with settings of a printer",
        "a.xlsx",
        lambda: office("xlsx", {"xl/printerSettings/printerSettings1.bin": noise()}),
        ACCEPT,
    ),
    Hostile(
        "xlsx with check boxes of a form",
        "a.xlsx",
        lambda: attached_type("xlsx", "application/vnd.ms-excel.controlproperties+xml"),
        ACCEPT,
    ),
    Hostile(
        "docx with a link to the web",
        "a.docx",
        lambda: with_rels("docx", relation("hyperlink", "https://www.example.jp/", external=True)),
        ACCEPT,
    ),
    Hostile("xlsx with a far cell", "a.xlsx", far_cell, ACCEPT),
    Hostile(
        "docx of sixty MiB of blanks",
        "a.docx",
        lambda: docx({"customXml/item1.xml": zeros(60 * MIB)}),
        ACCEPT,
    ),
    Hostile("capital letters of the kind", "A.XLSX", xlsx, ACCEPT),
)

# --- Refused ------------------------------------------------------------------------------------

EMPTY_AND_CUT = (
    Hostile("empty xlsx", "a.xlsx", raw(b""), "空です"),
    Hostile("empty csv", "a.csv", raw(b""), "空です"),
    Hostile("one byte xlsx", "a.xlsx", raw(b"P"), MISLABELLED),
    Hostile("one byte pdf", "a.pdf", raw(b"%"), MISLABELLED),
    Hostile("xlsx cut in half", "a.xlsx", lambda: xlsx()[: len(xlsx()) // 2], BROKEN),
    Hostile("xlsx without its last byte", "a.xlsx", lambda: xlsx()[:-1], BROKEN),
    Hostile("pdf cut in half", "a.pdf", lambda: typeset_pdf()[:2000], BROKEN),
    Hostile("png cut off", "a.png", lambda: png()[:-6], BROKEN),
    Hostile("jpeg cut off", "a.jpg", lambda: jpeg()[:-2], BROKEN),
    Hostile("jpeg head only", "a.jpg", raw(b"\xff\xd8\xff\xe0"), BROKEN),
    Hostile("zip end only", "a.xlsx", raw(b"PK\x05\x06" + bytes(18)), MISLABELLED),
    Hostile("zip of no entry", "a.docx", raw(b"PK\x03\x04PK\x05\x06" + bytes(18)), BROKEN),
)

MISLABELLED_FILES = (
    Hostile("html as csv", "a.csv", text(HTML), MISLABELLED),
    Hostile("html as csv after a mark", "a.csv", text(HTML, "utf-8-sig"), MISLABELLED),
    Hostile("html in UTF-16 as csv", "a.csv", text(HTML, "utf-16"), MISLABELLED),
    Hostile("html as pdf", "a.pdf", text(HTML), MISLABELLED),
    Hostile("svg as png", "a.png", text(SVG), MISLABELLED),
    Hostile("svg as csv", "a.csv", text(SVG), MISLABELLED),
    Hostile("svg", "a.svg", text(SVG), NOT_ALLOWED),
    Hostile("html", "a.html", text(HTML), NOT_ALLOWED),
    Hostile("exe", "a.exe", lambda: b"MZ" + noise(), NOT_ALLOWED),
    Hostile("exe as xlsx", "a.xlsx", lambda: b"MZ" + noise(), MISLABELLED),
    Hostile("exe as csv", "a.csv", lambda: b"MZ\x90\x00\x03" + bytes(60), NO_CODE),
    Hostile("lnk as csv", "a.csv", lambda: b"L\x00\x00\x00\x01\x14\x02" + bytes(60), NOT_TEXT),
    Hostile("mail as csv", "a.csv", text(MAIL), MISLABELLED),
    Hostile("mail", "a.eml", text(MAIL), NOT_ALLOWED),
    Hostile("batch as csv", "a.csv", text("@echo off\r\ndel *"), MISLABELLED),
    Hostile("script as csv", "a.csv", text("#!/bin/sh\nrm -rf ~"), MISLABELLED),
    Hostile("rtf as docx", "a.docx", text("{\\rtf1 x}"), MISLABELLED),
    Hostile("rtf as csv", "a.csv", text("{\\rtf1 x}"), MISLABELLED),
    Hostile("gif as png", "a.png", raw(b"GIF89a" + bytes(40)), MISLABELLED),
    Hostile("jpeg as png", "a.png", jpeg, MISLABELLED),
    Hostile("png as jpeg", "a.jpg", png, MISLABELLED),
    Hostile("xlsx as docx", "a.docx", xlsx, MISLABELLED),
    Hostile("docx as xlsx", "a.xlsx", docx, MISLABELLED),
    Hostile("docx as pdf", "a.pdf", docx, MISLABELLED),
    Hostile("zip as xlsx", "a.xlsx", lambda: archive({"a.xml": "<a/>"}), BROKEN),
    Hostile("zip", "a.zip", lambda: archive({"a.txt": "x"}), NOT_ALLOWED),
    Hostile("pdf as csv", "a.csv", lambda: b"%PDF-1.7\n1,2\n", MISLABELLED),
    Hostile("no extension", "別紙", xlsx, NOT_ALLOWED),
    Hostile("two extensions", "a.pdf.exe", pdf, NOT_ALLOWED),
    Hostile("extension turned round", "a\u202exslx.exe", xlsx, NOT_ALLOWED),
    Hostile("PowerPoint", "a.pptx", lambda: archive({"ppt/a.xml": "<a/>"}), NOT_ALLOWED),
)

POLYGLOTS = (
    Hostile("pdf behind html", "a.pdf", lambda: HTML.encode() + pdf(), MISLABELLED),
    Hostile("pdf before html", "a.pdf", lambda: pdf() + HTML.encode() * 40, BROKEN),
    Hostile("pdf before a zip", "a.pdf", lambda: pdf() + xlsx(), BROKEN),
    Hostile("zip behind something", "a.xlsx", lambda: b"MZ" + xlsx(), MISLABELLED),
    Hostile("zip behind a zip", "a.xlsx", lambda: docx() + xlsx(), BROKEN),
    Hostile("zip before something", "a.xlsx", lambda: xlsx() + HTML.encode(), BROKEN),
    Hostile("png before html", "a.png", lambda: png() + HTML.encode(), "別のデータ"),
)

LOCKED_AND_OLD = (
    Hostile("xlsx with a password", "a.xlsx", lambda: ole("EncryptedPackage"), ENCRYPTED),
    Hostile(
        "docx with a password",
        "a.docx",
        lambda: ole("EncryptionInfo", "EncryptedPackage"),
        ENCRYPTED,
    ),
    Hostile("old workbook renamed", "a.xlsx", lambda: ole("Workbook"), OLD),
    Hostile("old workbook", "a.xls", lambda: ole("Workbook"), OLD),
    Hostile("old document", "a.doc", lambda: ole("WordDocument"), OLD),
    Hostile("outlook message as pdf", "a.pdf", lambda: ole("__substg1.0"), OLD),
    Hostile("zip entries with a password", "a.docx", lambda: with_flag(docx(), 1), ENCRYPTED),
    Hostile("zip with a hidden directory", "a.docx", lambda: with_flag(docx(), 0x2000), ENCRYPTED),
    Hostile("pdf with a password", "a.pdf", lambda: pdf(trailer=b"/Encrypt 4 0 R"), ENCRYPTED),
)

RUNNING = (
    Hostile("xlsm", "a.xlsm", xlsx, MACROS),
    Hostile("xlsb", "a.xlsb", xlsx, MACROS),
    Hostile(
        "vba project", "a.xlsx", lambda: office("xlsx", {"xl/vbaProject.bin": ole("VBA")}), MACROS
    ),
    Hostile(
        "vba under another name",
        "a.xlsx",
        lambda: with_rels("xlsx", relation("vbaProject", "media/image1.png")),
        MACROS,
    ),
    Hostile(
        "workbook with macros by type", "a.xlsx", lambda: main_type("xlsx", MACRO_MAIN), MACROS
    ),
    Hostile(
        "macro sheet of Excel 4",
        "a.xlsx",
        lambda: office("xlsx", {"xl/macrosheets/sheet1.xml": "<a/>"}),
        MACROS,
    ),
    Hostile(
        "macro sheet by type",
        "a.xlsx",
        lambda: attached_type("xlsx", "application/vnd.ms-excel.macrosheet+xml"),
        MACROS,
    ),
    Hostile("ribbon with calls", "a.docx", lambda: docx({"customUI/customUI.xml": "<a/>"}), MACROS),
    Hostile("ActiveX", "a.docx", lambda: docx({"word/activeX/activeX1.xml": "<a/>"}), "ActiveX"),
    Hostile(
        "ActiveX by relation",
        "a.docx",
        lambda: with_rels("docx", relation("control", "x.xml")),
        "ActiveX",
    ),
    Hostile(
        "OLE object", "a.docx", lambda: docx({"word/embeddings/oleObject1.bin": ole("x")}), EMBEDDED
    ),
    Hostile(
        "workbook inside a document",
        "a.docx",
        lambda: docx({"word/embeddings/a.xlsx": xlsx()}),
        EMBEDDED,
    ),
    Hostile(
        "html inside a document",
        "a.docx",
        lambda: with_rels("docx", relation("aFChunk", "afchunk.mht")),
        EMBEDDED,
    ),
    Hostile(
        "DDE field", "a.docx", lambda: field_code("DDEAUTO c:\\windows\\cmd.exe"), "フィールド"
    ),
    Hostile(
        "DDE field in two runs",
        "a.docx",
        lambda: field_code("DDEAUTO cmd", split=True),
        "フィールド",
    ),
    Hostile(
        "included text", "a.docx", lambda: field_code('INCLUDETEXT "http://x/y"'), "フィールド"
    ),
    Hostile(
        "pdf with a script",
        "a.pdf",
        lambda: open_action(b"/S /JavaScript /JS (app.alert(1))"),
        "JavaScript",
    ),
    Hostile(
        "pdf with a hidden script",
        "a.pdf",
        lambda: open_action(b"/S /J#61vaScr#69pt /JS (1)"),
        "JavaScript",
    ),
    Hostile(
        "pdf with a packed script",
        "a.pdf",
        lambda: pdf(object_stream(b"<< /S /JavaScript /JS (1) >>")),
        "JavaScript",
    ),
    Hostile(
        "pdf with a packed and hidden script",
        "a.pdf",
        lambda: pdf(
            object_stream(b"<< /S /#4aavaScript >>", b"/Type /Obj#53tm /Filter /Fl#61teDecode")
        ),
        "JavaScript",
    ),
    Hostile(
        "pdf that starts a program",
        "a.pdf",
        lambda: open_action(b"/S /Launch /F (cmd.exe)"),
        "開く動作",
    ),
    Hostile(
        "pdf that sends a form",
        "a.pdf",
        lambda: open_action(b"/S /SubmitForm /F (http://x)"),
        "開く動作",
    ),
    Hostile(
        "pdf with a file inside",
        "a.pdf",
        lambda: pdf(b"<< /Type /EmbeddedFile /Length 1 >>\nstream\nx\nendstream"),
        EMBEDDED,
    ),
    Hostile(
        "pdf with an XFA form", "a.pdf", lambda: pdf(b"<< /AcroForm << /XFA 5 0 R >> >>"), EMBEDDED
    ),
    Hostile(
        "pdf with objects packed oddly",
        "a.pdf",
        lambda: pdf(object_stream(b"<<>>", b"/Type /ObjStm /Filter /LZWDecode")),
        BROKEN,
    ),
    Hostile(
        "pdf with a bomb of objects", "a.pdf", lambda: pdf(object_stream(bytes(70 * MIB))), HUGE
    ),
)

REACHING_OUT = (
    Hostile(
        "link to another workbook",
        "a.xlsx",
        lambda: office("xlsx", {"xl/externalLinks/externalLink1.xml": "<a/>"}),
        EXTERNAL,
    ),
    Hostile(
        "template from elsewhere",
        "a.docx",
        lambda: with_rels("docx", relation("attachedTemplate", "http://x/a.dotm", external=True)),
        EXTERNAL,
    ),
    Hostile(
        "picture from elsewhere",
        "a.docx",
        lambda: with_rels("docx", relation("image", "http://x/a.png", external=True)),
        EXTERNAL,
    ),
    Hostile(
        "object from elsewhere",
        "a.docx",
        lambda: with_rels("docx", relation("oleObject", "http://x/a", external=True)),
        EMBEDDED,
    ),
    Hostile(
        "link to a shared folder",
        "a.docx",
        lambda: with_rels("docx", relation("hyperlink", "file://server/share", external=True)),
        EXTERNAL,
    ),
    Hostile(
        "link to a path of Windows",
        "a.docx",
        lambda: with_rels("docx", relation("hyperlink", "\\\\server\\share", external=True)),
        EXTERNAL,
    ),
    Hostile(
        "link that runs",
        "a.docx",
        lambda: with_rels("docx", relation("hyperlink", "javascript:alert(1)", external=True)),
        EXTERNAL,
    ),
    Hostile(
        "data connection",
        "a.xlsx",
        lambda: office("xlsx", {"xl/connections.xml": "<a/>"}),
        EXTERNAL,
    ),
    Hostile(
        "query of the web",
        "a.xlsx",
        lambda: office("xlsx", {"xl/queryTables/queryTable1.xml": "<a/>"}),
        EXTERNAL,
    ),
    Hostile(
        "relation in UTF-16",
        "a.docx",
        lambda: docx(
            {
                "word/_rels/document.xml.rels": relations(
                    relation("attachedTemplate", "http://x/a", external=True)
                ).encode("utf-16")
            }
        ),
        EXTERNAL,
    ),
)

BOMBS = (
    Hostile(
        "128 MiB in 130 KB",
        "a.docx",
        lambda: docx({"customXml/item1.xml": zeros(128 * MIB)}),
        DENSE,
    ),
    Hostile("202 MiB", "a.docx", lambda: docx({"customXml/item1.xml": zeros(202 * MIB)}), HUGE),
    Hostile("headers that lie", "a.docx", lambda: lying(128 * MIB), DENSE),
    Hostile("one header that lies a little", "a.docx", lambda: lying(5 * MIB), BROKEN),
    Hostile(
        "many parts of one MiB",
        "a.docx",
        lambda: docx({f"customXml/i{n}.xml": zeros(MIB) for n in range(100)}),
        DENSE,
    ),
    Hostile("a zip in a zip", "a.docx", lambda: docx({"word/media/a.zip": docx()}), NESTED),
    Hostile(
        "a zip in a zip, renamed", "a.docx", lambda: docx({"word/media/a.png": docx()}), NESTED
    ),
    Hostile(
        "a gzip in a zip, renamed",
        "a.docx",
        lambda: docx({"word/media/a.png": b"\x1f\x8b" + noise()}),
        NESTED,
    ),
    Hostile("a part of no known kind", "a.docx", lambda: docx({"word/data.bin": noise()}), NESTED),
    Hostile("one piece under two names", "a.docx", overlapping, BROKEN),
    Hostile("one entry inside the other", "a.docx", one_inside_the_other, BROKEN),
    Hostile("three thousand entries", "a.docx", lambda: many_entries(3000), "部品が多すぎます"),
    Hostile("three thousand entries, five named", "a.docx", lying_count, "部品が多すぎます"),
    Hostile("billion laughs", "a.docx", lambda: docx({"word/document.xml": billion_laughs()}), DTD),
    Hostile(
        "billion laughs in a part aside",
        "a.xlsx",
        lambda: office("xlsx", {"xl/sharedStrings.xml": billion_laughs()}),
        DTD,
    ),
    Hostile(
        "billion laughs in UTF-16",
        "a.docx",
        lambda: docx(
            {
                "word/document.xml": billion_laughs()
                .replace('"1.0"', '"1.0" encoding="utf-16"')
                .encode("utf-16")
            }
        ),
        DTD,
    ),
    Hostile(
        "file read by an entity",
        "a.docx",
        lambda: docx(
            {
                "word/document.xml": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
            }
        ),
        DTD,
    ),
    Hostile(
        "DTD from elsewhere",
        "a.xlsx",
        lambda: office("xlsx", {"docProps/app.xml": '<!DOCTYPE a SYSTEM "http://x/y.dtd"><a/>'}),
        DTD,
    ),
    Hostile(
        "DTD in a drawing",
        "a.docx",
        lambda: docx({"word/media/image1.svg": '<!DOCTYPE svg [<!ENTITY a "b">]><svg/>'}),
        DTD,
    ),
    Hostile(
        "prolog without end",
        "a.docx",
        lambda: docx({"customXml/item1.xml": "<!--" + "x" * (2 * MIB) + "--><a/>"}),
        "大きすぎます",
    ),
)

MALFORMED = (
    Hostile("path upwards", "a.docx", lambda: docx({"../../etc/cron.d/x.xml": "<a/>"}), BROKEN),
    Hostile("path of the root", "a.docx", lambda: docx({"/etc/passwd.xml": "<a/>"}), BROKEN),
    Hostile("path of Windows", "a.docx", lambda: docx({"C:\\x.xml": "<a/>"}), BROKEN),
    Hostile("path with a backslash", "a.docx", lambda: docx({"word\\x.xml": "<a/>"}), BROKEN),
    Hostile("symbolic link", "a.docx", symlinked, BROKEN),
    Hostile("an entry twice", "a.docx", duplicated, BROKEN),
    Hostile("another method of packing", "a.docx", other_method, BROKEN),
    Hostile("wrong checksum", "a.docx", bad_checksum, BROKEN),
    Hostile(
        "local name differs",
        "a.docx",
        lambda: docx().replace(b"word/document.xml", b"word/documenx.xml", 1),
        BROKEN,
    ),
    Hostile(
        "no list of types",
        "a.xlsx",
        lambda: archive({"xl/workbook.xml": "<a/>", "_rels/.rels": relations()}),
        BROKEN,
    ),
    Hostile(
        "xml that ends early", "a.docx", lambda: docx({"word/document.xml": DOCUMENT[:-5]}), BROKEN
    ),
    Hostile("no xml at all", "a.docx", lambda: docx({"word/document.xml": "text"}), BROKEN),
    Hostile(
        "xml in UTF-7",
        "a.docx",
        lambda: docx({"word/document.xml": '<?xml version="1.0" encoding="UTF-7"?><a/>'}),
        BROKEN,
    ),
    Hostile(
        "png of forty thousand pixels a side",
        "a.png",
        lambda: png(40_000, 10),
        "縦横が大きすぎます",
    ),
    Hostile(
        "png of four hundred million pixels",
        "a.png",
        lambda: png(20_000, 20_000),
        "縦横が大きすぎます",
    ),
    Hostile("png of no width", "a.png", lambda: png(0, 4), BROKEN),
    Hostile(
        "png with a wrong checksum", "a.png", lambda: png()[:20] + b"\x01" + png()[21:], BROKEN
    ),
    Hostile(
        "png without pixels",
        "a.png",
        lambda: png().replace(png_chunk(b"IDAT", zlib.compress(bytes(20))), b""),
        BROKEN,
    ),
    Hostile(
        "png with an endless chunk", "a.png", lambda: png()[:33] + b"\x7f\xff\xff\xffIDAT", BROKEN
    ),
    Hostile(
        "jpeg of sixty thousand pixels a side",
        "a.jpg",
        lambda: jpeg(60_000, 60_000),
        "縦横が大きすぎます",
    ),
    Hostile(
        "jpeg without a frame",
        "a.jpg",
        lambda: b"\xff\xd8" + jpeg_segment(0xDA, b"\x00") + b"\xff\xd9",
        BROKEN,
    ),
    Hostile(
        "jpeg with a wrong length",
        "a.jpg",
        lambda: b"\xff\xd8\xff\xe0\x00\x01" + jpeg()[4:],
        BROKEN,
    ),
    Hostile("csv with NUL", "a.csv", raw(b"a,b\x00c\n"), NOT_TEXT),
    Hostile("csv with escape codes", "a.csv", raw(b"a,\x1b[2Jb\n"), NOT_TEXT),
    Hostile("csv of noise", "a.csv", noise, NO_CODE),
    Hostile("csv in UTF-16 without mark", "a.csv", text("a,b\n", "utf-16-le"), NOT_TEXT),
    Hostile("csv in EUC-JP", "a.csv", text("漢字,日本\n" * 9 + "\u6f22", "euc-jp"), NO_CODE),
    Hostile("csv in UTF-16 cut off", "a.csv", raw(b"\xff\xfea\x00b"), NO_CODE),
    Hostile("csv with a mark and no UTF-8", "a.csv", raw(b"\xef\xbb\xbf\xff\xfe\xfd"), NO_CODE),
)

REFUSED_GROUPS = {
    "empty or cut": EMPTY_AND_CUT,
    "mislabelled": MISLABELLED_FILES,
    "polyglot": POLYGLOTS,
    "locked or old": LOCKED_AND_OLD,
    "running": RUNNING,
    "reaching out": REACHING_OUT,
    "bomb": BOMBS,
    "malformed": MALFORMED,
}
REFUSED = tuple(hostile for group in REFUSED_GROUPS.values() for hostile in group)

# EICAR is harmless; only a scanner that works knows it. Through the gate, stopped behind it.
WITH_VIRUS = (
    Hostile("EICAR as csv", "a.csv", raw(EICAR), ACCEPT),
    Hostile("EICAR in a pdf", "a.pdf", lambda: pdf(b"(" + EICAR + b")"), ACCEPT),
    Hostile(
        "EICAR in an xlsx",
        "a.xlsx",
        lambda: archive(
            {
                "[Content_Types].xml": content_types("xlsx"),
                "_rels/.rels": relations(relation("officeDocument", "xl/workbook.xml")),
                "xl/workbook.xml": f"<workbook xmlns='{BOOK}'/>",
                "xl/media/image1.png": EICAR,
            },
            zipfile.ZIP_STORED,
        ),
        ACCEPT,
    ),
)
