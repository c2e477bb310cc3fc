"""Pages of the hand-offs (送付・回答の画面)."""

from app.handoffs import comment_readers, guards, lifecycle
from app.handoffs.routes import desk, index, reply, sheet
from app.handoffs.routes.blueprint import blueprint

# Life, guards and the count of readers register themselves where they are imported.
__all__ = ["blueprint", "comment_readers", "desk", "guards", "index", "lifecycle", "reply", "sheet"]
