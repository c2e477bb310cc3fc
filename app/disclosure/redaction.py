"""Taking parts out of a text for good (不開示部分の除去): what is hidden is not there any more."""

from app.disclosure.labels import GROUND_NUMBERS
from app.disclosure.models import DisclosureRecord, Ground

WITHHELD = "（全部不開示）"


def mark_of(ground: Ground) -> str:
    """What stands for a hidden part: always as long, whatever was there (黒塗り)."""
    return f"■■■■（{GROUND_NUMBERS[ground]}）"


def redacted_text(record: DisclosureRecord) -> str:
    """The text of a record without its hidden parts (不開示部分を除いた文)."""
    if record.ground is not None:
        return f"{mark_of(record.ground)}{WITHHELD}"
    pieces, reached = [], 0
    for redaction in sorted(record.redactions, key=lambda row: row.start):
        pieces += [record.text[reached : redaction.start], mark_of(redaction.ground)]
        reached = redaction.stop
    return "".join([*pieces, record.text[reached:]])


def spans_of(record: DisclosureRecord, words: str) -> list[tuple[int, int]]:
    """Where the words stand in a record, apart from what is hidden already (語句の位置)."""
    taken = [(row.start, row.stop) for row in record.redactions]
    found, start = [], record.text.find(words)
    while start >= 0:
        stop = start + len(words)
        if all(stop <= first or last <= start for first, last in taken):
            found.append((start, stop))
        start = record.text.find(words, stop)
    return found
