"""Settings of mail for the features (メールの設定)."""

from flask import current_app

from config import Settings


def mail_settings() -> Settings:
    """Settings of this process (設定)."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings
