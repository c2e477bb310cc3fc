"""Words for the acts in the trail (操作の言葉), given by the features that know them."""

from collections.abc import Mapping

_words: dict[str, str] = {}


def name_verbs(words: Mapping[str, str]) -> None:
    """Have acts told in words on the page of the trail (監査証跡); called once by each feature."""
    _words.update(words)


def words_of(verb: str) -> str:
    """What was done, in words (何を); "" for an act that has only its code."""
    return _words.get(verb, "")


def named_verbs() -> dict[str, str]:
    """All acts that are told in words, by their codes (操作の一覧)."""
    return dict(_words)
