"""What every letter carries (差出人と宛先URL): the office, its contact, addresses of pages."""

from flask import current_app


def absolute_url(path: str) -> str:
    """Address of a path of this product under its public URL."""
    base: str = current_app.config["PUBLIC_URL"]
    return base.rstrip("/") + path


def office_name() -> str:
    """Name of the secretariat (事務局名)."""
    return str(current_app.config["OFFICE_NAME"])


def office_contact() -> str:
    """How to reach the secretariat (問い合わせ先)."""
    return str(current_app.config["OFFICE_CONTACT"])
