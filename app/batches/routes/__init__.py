"""Pages of the batches and texts (まとめて送付・文面の画面)."""

from app.batches.routes import desk, documents, prepare, send, texts
from app.batches.routes.blueprint import blueprint

__all__ = ["blueprint", "desk", "documents", "prepare", "send", "texts"]
