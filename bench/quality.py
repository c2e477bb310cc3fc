"""How good the search for similar cases is (似た提案の品質) on the labelled set.

The texts are in tests/similar/labelled.jsonl; half of them (tune) set the constants of
`app.similar.scoring`, the other half (held_out) was only measured.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from app.similar.compared import Text, forms_of
from app.similar.letters import pairs_of, parts_of
from app.similar.scoring import (
    LEAST_LIKENESS,
    LETTERS_SHARE,
    Numbers,
    letter_scores,
    likenesses,
)
from app.similar.store import Kept, TextStore
from bench.scratch import demo_texts
from bench.settings import Settings, say

LABELLED = Path(__file__).parents[1] / "tests" / "similar" / "labelled.jsonl"
SPLITS = ("tune", "held_out")
# What is to be found: the same thing in other words, and nearly the same proposal.
SOUGHT = ("paraphrase", "near_duplicate")


class Case(NamedTuple):
    """A pair of the labelled set: what it is, and the slots of its two texts."""

    kind: str
    split: str
    first: int
    second: int


class Quality(NamedTuple):
    """Mean reciprocal rank and share found among the first five (MRR・再現率@5)."""

    mrr: float
    recall: float


class NearQuality(NamedTuple):
    """Of near-duplicates: share that is right of what is named, share that is named."""

    precision: float
    recall: float


class Measured:
    """The labelled set among texts of the demo, all or so many, ready to be asked."""

    def __init__(self, beside: int | None = None) -> None:
        lines = [json.loads(line) for line in LABELLED.read_text(encoding="utf-8").splitlines()]
        texts = [_text(line[side]) for line in lines for side in ("a", "b")]
        self.texts = list(dict.fromkeys([*texts, *demo_texts()[:beside]]))
        store = TextStore()
        forms = forms_of(self.texts)
        self.kept: Kept = store.add(forms)
        self.meanings = self.kept.meanings_at(np.arange(len(self.kept.order)))
        slots = self.kept.slots_of(np.array([form.fingerprint for form in forms]))
        self.slot = {text: int(slot) for text, slot in zip(self.texts, slots, strict=True)}
        self.all_slots = np.arange(len(self.texts))
        self.cases = [_case(line, self.slot) for line in lines]

    def meaning(self, text: Text) -> Numbers:
        """Scores by meaning alone."""
        scores: Numbers = self.meanings @ self.meanings[self.slot[text]]
        return scores

    def title_meaning(self, text: Text) -> Numbers:
        """Scores by the meaning of the title alone, as a body asks."""
        scores: Numbers = self.meanings @ forms_of([Text(text.title)])[0].meaning
        return scores

    def letters(self, text: Text) -> Numbers:
        """Scores by pairs of letters alone."""
        pairs = pairs_of(parts_of(text.whole()))
        return letter_scores(self.kept, self.all_slots, pairs)[0]

    def both(self, text: Text) -> Numbers:
        """Scores as the product has them."""
        return self.meaning(text) + np.float32(LETTERS_SHARE) * self.letters(text)

    def both_of_title(self, text: Text) -> Numbers:
        """Scores as the product has them for a body, which asks by the title."""
        title = Text(text.title)
        letters = letter_scores(self.kept, self.all_slots, pairs_of(parts_of(title.whole())))[0]
        return self.title_meaning(text) + np.float32(LETTERS_SHARE) * letters

    def quality(self, scores: Callable[[Text], Numbers], split: str) -> Quality:
        """How well a way of scoring finds the other text of a pair."""
        by_slot = {slot: text for text, slot in self.slot.items()}
        ranks = [
            _rank(scores(by_slot[case.first]), case)
            for case in self.cases
            if case.kind in SOUGHT and case.split == split
        ]
        return Quality(
            float(np.mean([1 / rank for rank in ranks])),
            float(np.mean([rank <= 5 for rank in ranks])),
        )

    def near_quality(self, split: str) -> NearQuality:
        """How well near-duplicates are told from the other pairs of the set."""
        cases = [case for case in self.cases if case.split == split]
        named = [case for case in cases if self._is_near(case)]
        right = sum(case.kind == "near_duplicate" for case in named)
        known = sum(case.kind == "near_duplicate" for case in cases)
        return NearQuality(right / max(1, len(named)), right / max(1, known))

    def _is_near(self, case: Case) -> bool:
        found = likenesses(self.kept, case.first, np.array([case.second]))
        return bool(found[0] >= LEAST_LIKENESS)


def _text(side: dict[str, Any]) -> Text:
    return Text(side["title"], side["detail"])


def _case(line: dict[str, Any], slot: dict[Text, int]) -> Case:
    return Case(line["kind"], line["split"], slot[_text(line["a"])], slot[_text(line["b"])])


def _rank(scores: Numbers, case: Case) -> int:
    others = scores.copy()
    others[case.first] = -1
    return int((others > others[case.second]).sum()) + 1


def run(_settings: Settings) -> None:
    """Print the figures of docs/similarity.md."""
    measured = Measured()
    say(f"{len(measured.cases)} pairs among {len(measured.texts)} texts; tune | held out")
    for name, scores in (
        ("letters alone", measured.letters),
        ("meaning alone", measured.meaning),
        ("both (the product)", measured.both),
        ("both, title alone", measured.both_of_title),
    ):
        found: Sequence[Quality] = [measured.quality(scores, split) for split in SPLITS]
        words = " | ".join(f"MRR {row.mrr:.3f}, recall@5 {row.recall:.2f}" for row in found)
        say(f"{name}: {words}")
    near = [measured.near_quality(split) for split in SPLITS]
    words = " | ".join(f"precision {row.precision:.2f}, recall {row.recall:.2f}" for row in near)
    say(f"near-duplicates: {words}")
