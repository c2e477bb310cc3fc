"""Pages of the disclosure (情報公開の画面)."""

from flask import Blueprint

blueprint = Blueprint("disclosure", __name__)
