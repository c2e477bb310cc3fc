"""Setting a scanner for a test (試験用の検査の設定)."""

from dataclasses import replace

import pytest
from flask import Flask


def use_scanner(app: Flask, monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    """Let the application use this SCANNER until the end of the test."""
    settings = replace(app.config["SETTINGS"], SCANNER=setting)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
