"""A summary made of the proposal's own sentences (要約): what is asked, what hurts, what it brings.

Extractive only: every line is a sentence as it was typed, at its place in its field.
"""

from collections.abc import Mapping

from app.suggestions.meaning import kept_vectors
from app.suggestions.texts import Sentence, sentences_of

# In the order in which the lines stand; without 求める措置 the details say what is asked.
ASKED = ("requested_measure", "detail")
HURTS = ("hardship_case",)
BRINGS = ("effect",)
SHORTEST_TEXT = 300  # characters of all fields; a shorter text is read as fast as its summary
SHORTEST_LINE = 12  # characters; a shorter sentence is a heading or a label
LONGEST_LINE = 160  # characters; a longer sentence is taken only where no other stands


def summarize(fields: Mapping[str, str]) -> list[Sentence]:
    """Choose one sentence each of 求める措置, 支障 and 効果 (要約); none of a short text.

    In each field the sentence nearest in meaning to the whole text is taken, the earlier one of
    two that are alike. The same text always gives the same sentences. At most three; a field that
    is empty gives none. A sentence that stands in two fields is taken once.
    """
    if sum(len(text.strip()) for text in fields.values()) < SHORTEST_TEXT:
        return []
    sentences = [row for name, text in fields.items() for row in sentences_of(name, text)]
    if not sentences:
        return []
    nearness = _nearness_to_all(sentences)
    chosen: list[Sentence] = []
    for names in (ASKED, HURTS, BRINGS):
        taken = {row.text for row in chosen}
        found = _of_first_filled(names, [row for row in sentences if row.text not in taken])
        if found:
            chosen.append(max(found, key=lambda row: nearness[row]))
    return chosen


def _of_first_filled(names: tuple[str, ...], sentences: list[Sentence]) -> list[Sentence]:
    """Sentences of the first field that has any, those of a readable length if there are some."""
    for name in names:
        found = [row for row in sentences if row.field == name]
        if found:
            fitting = [row for row in found if SHORTEST_LINE <= len(row.text) <= LONGEST_LINE]
            return fitting or found
    return []


def _nearness_to_all(sentences: list[Sentence]) -> dict[Sentence, float]:
    """How near each sentence is to the whole text (中心度), to six places.

    Rounded, so that sums in another order on another machine choose no other sentence.
    """
    # Each once: words that a body repeats do not weigh more.
    texts = list(dict.fromkeys(row.text for row in sentences))
    vectors = kept_vectors.of(texts)
    likeness = dict(zip(texts, vectors @ vectors.mean(axis=0), strict=True))
    return {row: round(float(likeness[row.text]), 6) for row in sentences}
