"""Pages of replies, releases and views (回答・公開・見解の画面)."""

from app.answers.routes import answer, examination, overview, release, views
from app.answers.routes.blueprint import blueprint

__all__ = ["answer", "blueprint", "examination", "overview", "release", "views"]
