"""Pages of the personal data (個人情報の画面)."""

from app.personal_data.routes import holds, inventory, media, plans
from app.personal_data.routes.blueprint import blueprint

__all__ = ["blueprint", "holds", "inventory", "media", "plans"]
