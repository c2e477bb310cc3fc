"""Texts of the mails (メールの文面): plain text, no text of a case, a link to the page."""

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, UndefinedError, meta

from app.core.errors import DomainError, NotFound

TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "mail"


class UnfinishedLetter(DomainError):
    """A letter lacks one of its words (差し込む言葉の不足): nothing is written or queued."""


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

    Raises UnfinishedLetter naming the words that are missing: nothing half-written leaves.
    """
    try:
        text = _environment().get_template(f"{name}.txt").render(**words)
    except UndefinedError as error:
        said = "、".join(sorted(words_of(name) - words.keys())) or str(error)
        raise UnfinishedLetter(
            f"文面「{name}」に差し込む言葉（{said}）がないため、知らせを作れません。"
            "システム管理に、この文面の名前を伝えてください。"
        ) from error
    subject, _, body = text.partition("\n")
    return subject.strip(), body.lstrip("\n")


def letter_names() -> list[str]:
    """Names of all letters (文面の種類), in their order."""
    return sorted(name.removesuffix(".txt") for name in _environment().list_templates(["txt"]))


def words_of(name: str) -> set[str]:
    """Words that a letter is given (差し込む言葉). Raises NotFound for an unknown letter."""
    if name not in letter_names():
        raise NotFound
    environment = _environment()
    loader = environment.loader
    assert loader is not None
    source, _, _ = loader.get_source(environment, f"{name}.txt")
    return meta.find_undeclared_variables(environment.parse(source))
