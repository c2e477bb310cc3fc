"""Texts of the mails (メールの文面): plain text, no text of a case, a link to the page."""

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "mail"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - plain text
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def write_letter(name: str, **words: object) -> tuple[str, str]:
    """Return subject and body of a letter; its first line is the subject (件名).

    Raises jinja2.UndefinedError when a word of the letter is missing: nothing half-written leaves.
    """
    text = _environment().get_template(f"{name}.txt").render(**words)
    subject, _, body = text.partition("\n")
    return subject.strip(), body.lstrip("\n")
