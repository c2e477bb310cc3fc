"""Systems of one function under whatever name (呼称のゆれのまとめ)."""

# First of all: it settles how numpy counts, before anything here loads it.
from app import similar

__all__ = ["similar"]
