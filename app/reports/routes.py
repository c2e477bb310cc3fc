"""Pages and files of the reports (報告・集計の画面)."""

from flask import Blueprint

blueprint = Blueprint("reports", __name__)
