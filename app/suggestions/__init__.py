"""What speaks for a category, with the words and the register row it rests on (分類の候補)."""

# First of all: it settles how numpy counts, before anything here loads it.
from app import similar

__all__ = ["similar"]
