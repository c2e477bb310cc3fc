"""Files made in code (試験用のファイル): good ones of each kind, and the parts of hostile ones."""

import struct
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from random import Random

import typst
import xlsxwriter

PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
}
MAIN_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DOCUMENT = f'<w:document xmlns:w="{WORD}"><w:body><w:p/></w:body></w:document>'
BOOK = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
WORKBOOK = f'<workbook xmlns="{BOOK}"><sheets/></workbook>'

Parts = Mapping[str, str | bytes]


def xlsx() -> bytes:
    """A workbook as a program writes it, with a formula, a picture and a link to the web."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet("別紙")
        sheet.write_row(0, 0, ["項目", "金額"])
        sheet.write_formula(1, 1, "=SUM(1,2)")
        sheet.write_url(2, 0, "https://www.example.jp/")
        sheet.insert_image(4, 0, "graph.png", {"image_data": BytesIO(png())})
    return target.getvalue()


def hidden_workbook() -> bytes:
    """A workbook with hidden sheets, a hidden row and column, a comment and an author."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        book.set_properties({"author": "甲乙"})
        sheet = book.add_worksheet("別紙")
        sheet.write_comment(0, 0, "覚え")
        sheet.set_row(3, None, None, {"hidden": True})
        sheet.set_column(2, 2, None, None, {"hidden": True})
        book.add_worksheet("原価").hide()
        book.add_worksheet("内訳").very_hidden()
    return target.getvalue()


def relation(kind: str, target: str, *, external: bool = False, number: int = 1) -> str:
    """One relationship; `kind` is the end of its type."""
    mode = ' TargetMode="External"' if external else ""
    return f'<Relationship Id="r{number}" Type="{OFFICE}/{kind}" Target="{target}"{mode}/>'


def relations(*rows: str) -> str:
    """A part of relationships."""
    return f'<Relationships xmlns="{PACKAGE}/relationships">{"".join(rows)}</Relationships>'


def content_types(kind: str, *overrides: tuple[str, str], main_type: str = "") -> str:
    """The list of the types of the parts."""
    rows = [(f"/{MAIN_PARTS[kind]}", main_type or MAIN_TYPES[kind]), *overrides]
    listed = "".join(f'<Override PartName="{part}" ContentType="{name}"/>' for part, name in rows)
    return (
        f'<Types xmlns="{PACKAGE}/content-types">'
        f'<Default Extension="xml" ContentType="application/xml"/>{listed}</Types>'
    )


def office(kind: str, parts: Parts | None = None) -> bytes:
    """A document of the fewest parts, with `parts` added or put in their place."""
    basic: dict[str, str | bytes] = {
        "[Content_Types].xml": content_types(kind),
        "_rels/.rels": relations(relation("officeDocument", MAIN_PARTS[kind])),
        MAIN_PARTS[kind]: DOCUMENT if kind == "docx" else WORKBOOK,
    }
    return archive({**basic, **(parts or {})})


def docx(parts: Parts | None = None) -> bytes:
    """A Word document of the fewest parts."""
    return office("docx", parts)


def archive(parts: Parts, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these parts."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", method) as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    return target.getvalue()


def pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF of the fewest objects, with `objects` added from number 4 on."""
    body = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        *objects,
    ]
    written = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
    places = []
    for number, text in enumerate(body, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(body) + 1)
    written += b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(body) + 1
    written += b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (size, trailer)
    return written + b"startxref\n%d\n%%%%EOF\n" % start


def typeset_pdf() -> bytes:
    """A PDF as a typesetter writes it, with packed object streams and fonts."""
    return typst.compile(b"#set page(width: 10cm, height: 5cm)\n= Annex\nText.")


def object_stream(text: bytes, dictionary: bytes = b"/Type /ObjStm /Filter /FlateDecode") -> bytes:
    """A stream of packed objects."""
    packed = zlib.compress(b"7 0 " + text)
    return b"<< %s /N 1 /First 4 /Length %d >>\nstream\n%s\nendstream" % (
        dictionary,
        len(packed),
        packed,
    )


def png_chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG with its checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int = 4, height: int = 4) -> bytes:
    """A grey PNG; with other dimensions its pixels are missing."""
    pixels = zlib.compress(bytes(5 * 4))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", pixels)
        + png_chunk(b"IEND", b"")
    )


def noisy_png(size: int, chance: Random) -> bytes:
    """A PNG of about so many bytes, no two alike; its pixels are noise that nobody unpacks."""
    start, end = png().split(png_chunk(b"IDAT", zlib.compress(bytes(5 * 4))))
    return start + png_chunk(b"IDAT", chance.randbytes(size)) + end


def jpeg_segment(marker: int, data: bytes) -> bytes:
    """One segment of a JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def jpeg(width: int = 16, height: int = 16) -> bytes:
    """A JPEG in its outer shape: what the gate looks at."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    return (
        b"\xff\xd8"
        + jpeg_segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")
        + jpeg_segment(0xDB, bytes(65))
        + jpeg_segment(0xC0, frame)
        + jpeg_segment(0xDA, b"\x01\x01\x00\x00\x3f\x00")
        + b"\x12\x34\x56"
        + b"\xff\xd9"
    )


def ole(*names: str) -> bytes:
    """An OLE container whose directory names these streams."""
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
    return head + b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in names)


def csv_table() -> bytes:
    """A table in CP932, as Excel saves it."""
    return "項目,金額\r\n窓口,1200\r\n".encode("cp932")
