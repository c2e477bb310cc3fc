"""Names of files (ファイル名): shown as they came, without what could mislead or do harm (P32)."""

import re

from app.core.text import normalize_input

LONGEST_NAME = 120  # characters
LONGEST_NAME_BYTES = 200  # UTF-8; file systems end at 255, and people add to a name
NAMELESS = "名称なし"

_PATH = re.compile(r"[/\\]")
_NOT_IN_NAMES = re.compile(r'[<>:"|?*\n]')
# Devices of Windows, also with an extension and with the superscripts it takes for digits.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])", re.IGNORECASE)
_EXTENSION = re.compile(r"[a-z0-9]{1,10}")


def clean_name(name: str) -> str:
    """Make a name that can be shown and saved on any machine (安全な名前).

    The last part of a path; no control, bidi or invisible characters; no names of devices; at most
    LONGEST_NAME characters with the extension kept. A clean name stays as it is.
    """
    last = _PATH.split(normalize_input(name))[-1]
    safe = _NOT_IN_NAMES.sub("_", last).strip(" .　")
    stem, extension = split_extension(safe)
    if _DEVICE.fullmatch(stem.partition(".")[0].strip()):
        stem = f"_{stem}"
    stem = stem or NAMELESS
    ending = f".{extension}" if extension else ""
    return _shorten(stem, LONGEST_NAME_BYTES - len(ending.encode()), ending) + ending


def split_extension(name: str) -> tuple[str, str]:
    """Split a name before its extension (拡張子); the extension is kept as typed."""
    stem, dot, extension = name.rpartition(".")
    if not dot or not _EXTENSION.fullmatch(extension.lower()):
        return name, ""
    return stem, extension


def _shorten(stem: str, longest_bytes: int, ending: str) -> str:
    short = stem[: LONGEST_NAME - len(ending)]
    while len(short.encode()) > longest_bytes:
        short = short[:-1]
    return short.rstrip(" .　") or NAMELESS
