"""What a log line looks like (ログの1行): one event, one line, whatever somebody typed into it."""

import json
import os
import re
import traceback

import click
from structlog.typing import EventDict, WrappedLogger

# What breaks a line, moves the cursor or turns the direction of writing, beyond what JSON escapes.
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
LONGEST_MESSAGE = 300
MAIL_ADDRESS = re.compile(r"[^\s@<>\"'()]+@[^\s@<>\"'()]+")


def add_command(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Add the process, and the command that runs (コマンド): its name, never what it was given."""
    event["pid"] = os.getpid()
    running = click.get_current_context(silent=True)
    if running is not None:
        event["command"] = running.command_path
    return event


def tell_fault(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace the exception by its kind, its words and where it came from (例外).

    The words are cut at the first line: what the database adds below it quotes the row.
    """
    found = event.pop("exc_info", None)
    fault = _fault_of(found)
    if fault is not None:
        event["fault"] = type(fault).__name__
        event["fault_words"] = _words_of(fault)
        event["traceback"] = _frames_of(fault)
    return event


def escape_line(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Write what cannot be seen as its number, in every field but the traceback (文字の置換え)."""
    return {
        escaped(name): escaped(value) if isinstance(value, str) and name != "traceback" else value
        for name, value in event.items()
    }


def one_line_of_json(event: EventDict, **options: object) -> str:
    """Render an event as JSON on one line, for machines and for a terminal (1行のJSON)."""
    text = json.dumps(event, ensure_ascii=False, default=str)
    # A half of a pair of surrogates cannot be written out.
    return escaped(text.encode("utf-8", "backslashreplace").decode("utf-8"))


def escaped(text: str) -> str:
    """Return a text with the unseen characters as `\\u2028` and the like."""
    return UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _fault_of(found: object) -> BaseException | None:
    if isinstance(found, BaseException):
        return found
    if isinstance(found, tuple) and isinstance(found[1], BaseException):
        return found[1]
    return None


def _words_of(fault: BaseException) -> str:
    first_line = str(fault).strip().partition("\n")[0]
    return MAIL_ADDRESS.sub("***", first_line)[:LONGEST_MESSAGE]


def _frames_of(fault: BaseException) -> list[str]:
    """Where it happened, innermost last; of a fault with a cause, the cause comes first."""
    cause = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
    before = [*_frames_of(cause), f"{type(cause).__name__} →"] if cause is not None else []
    frames = traceback.extract_tb(fault.__traceback__)
    return before + [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
