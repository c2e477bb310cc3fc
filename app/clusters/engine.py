"""From proposals to readings and groups (機能のまとまりの作り方): what is read, what is kept."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from app.clusters.adoption import read_adoption
from app.clusters.likeness import Matrix
from app.clusters.models import SystemReading
from app.clusters.reading import Reading, read_system
from app.proposals.models import Proposal
from app.similar.encoder import DIMENSIONS, encode

# Goes up whenever the same text may give another reading or another group: all is read anew.
ENGINE = "functions-1"
# Fields that say what a system does, the title first; the rest of a proposal tells of troubles.
READ_FIELDS = ("title", "requested_measure", "detail")


def read_proposal(proposal: Proposal) -> Reading:
    """Read the system out of a proposal (システムの読取り)."""
    fields = [(name, getattr(proposal, name)) for name in READ_FIELDS]
    return read_system(fields, naming=proposal.adoption_status)


def digest_of(proposal: Proposal) -> str:
    """Digest of what is read of a proposal, and by which engine (読取りの元の要約値)."""
    texts = [ENGINE, *(getattr(proposal, name) for name in READ_FIELDS), proposal.adoption_status]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def vectors_of(readings: Sequence[Reading]) -> Matrix:
    """Meaning of each gist, a row each (機能の要旨の意味)."""
    return encode([reading.gist for reading in readings])


def fill_row(row: SystemReading, proposal: Proposal, reading: Reading, vector: Matrix) -> None:
    """Write a reading down (読取りの記録)."""
    adoption = read_adoption(proposal.adoption_status)
    row.digest = digest_of(proposal)
    row.functions = functions_as_data(reading)
    row.names = list(reading.names)
    row.duties = [
        {"duty": duty, "weight": round(weight, 2), "is_main": duty == reading.main_duty}
        for duty, weight in sorted(reading.duties.items())
    ]
    row.adoption = adoption.adoption
    row.adoption_words = adoption.words
    row.vectors = np.asarray(vector, dtype=np.float32).tobytes()


def functions_as_data(reading: Reading) -> list[dict[str, Any]]:
    """Functions of a reading as they are kept: a quote that another one contains is left out."""
    return [
        {"kind": function.kind, "quote": function.quote, "field": function.field}
        for function in reading.functions
        if not any(
            function is not other
            and function.kind == other.kind
            and function.quote != other.quote
            and function.quote in other.quote
            for other in reading.functions
        )
    ]


def stored_vectors(rows: Sequence[SystemReading]) -> Matrix:
    """Meanings that were kept, a row each."""
    if not rows:
        return np.zeros((0, DIMENSIONS), dtype=np.float32)
    return np.stack([np.frombuffer(row.vectors, dtype=np.float32) for row in rows])
