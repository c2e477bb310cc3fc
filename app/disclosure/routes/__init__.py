"""Pages of the disclosure (情報公開の画面)."""

from app.disclosure.routes import requests
from app.disclosure.routes.blueprint import blueprint

__all__ = ["blueprint", "requests"]
