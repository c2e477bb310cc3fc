"""Whether a body has the system, and the duty (導入状況): read from its own words."""

import re
from typing import NamedTuple

from app.clusters.models import Adoption
from app.clusters.vocabulary import fold_in_place

_SENTENCE = re.compile(r"[^。\n]+")
_NO_DUTY = re.compile(
    "(?:事務|業務|対象者?|該当)(?:は|が|を|も|の|となる[^、]{0,12}が)?"
    "(?:なし|ない|なく|いない|行っていない|実施していない|未実施|存在しない|ありません|"
    "行っておらず|実施しておらず)|事務未実施|所掌していない"
)
_NOT_ADOPTED = re.compile(
    "未導入|未整備|(?:導入|整備|利用|使用|保有)(?:は?して(?:い(?:ない|ません)|おらず|おりません)|されていない)|"
    "システム(?:は|が)?(?:なし|ない|なく|ありません|存在しない)|システム化(?:は)?(?:していない|されていない)"
)
_ADOPTED = re.compile(
    "導入済|導入(?:して(?:いる|おり|い)|し、|。|（|\\(|$)|運用|利用|使用|稼働|併用|保有して|整備(?:済|$)|共同調達|構築(?:済|し)|"
    "システムを(?:導入|構築|整備)"
)
_PARTLY = re.compile("(?:一部|試行)(?:的に)?導入")
_BY_HAND = re.compile("紙|表計算|手作業|手書き|帳簿|簿冊|手入力")


class AdoptionRead(NamedTuple):
    """What was read (導入状況の読取り), and the sentence it was read from."""

    adoption: Adoption
    words: str


def read_adoption(text: str) -> AdoptionRead:
    """Read 自団体の導入状況: the first sentence that says it decides, without one paper means none.

    A body that has no such duty says so in so many words; anything unclear stays unknown.
    """
    sentences = [match.group().strip() for match in _SENTENCE.finditer(text)]
    for sentence in sentences:
        found = _adoption_in(fold_in_place(sentence))
        if found is not None:
            return AdoptionRead(found, sentence)
    for sentence in sentences:
        if _BY_HAND.search(sentence):
            return AdoptionRead(Adoption.NOT_ADOPTED, sentence)
    return AdoptionRead(Adoption.UNKNOWN, sentences[0] if sentences else "")


def _adoption_in(folded: str) -> Adoption | None:
    if _NO_DUTY.search(folded):
        return Adoption.NO_DUTY
    if _PARTLY.search(folded):
        return Adoption.ADOPTED
    if _NOT_ADOPTED.search(folded):
        return Adoption.NOT_ADOPTED
    if _ADOPTED.search(folded) and not _BY_HAND.search(folded):
        return Adoption.ADOPTED
    return Adoption.ADOPTED if "導入済" in folded else None
