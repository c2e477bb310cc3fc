"""Pages (個人情報の台帳・保存期間・消去)."""

from flask import Blueprint

blueprint = Blueprint("personal_data", __name__)
