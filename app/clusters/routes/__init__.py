"""Pages of clusters (機能のまとまりの画面)."""

from app.clusters.routes import correcting, reading, running
from app.clusters.routes.blueprint import blueprint

__all__ = ["blueprint", "correcting", "reading", "running"]
