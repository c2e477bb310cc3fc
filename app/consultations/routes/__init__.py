"""Pages of the threads (事前相談の画面)."""

from app.consultations.routes import ending, reading, writing
from app.consultations.routes.blueprint import blueprint

__all__ = ["blueprint", "ending", "reading", "writing"]
