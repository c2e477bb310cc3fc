"""Pages of the incidents (事故の報告の画面)."""

from app.incidents.routes import acts, reports
from app.incidents.routes.blueprint import blueprint

__all__ = ["acts", "blueprint", "reports"]
