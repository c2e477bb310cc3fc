"""Liveness and readiness (稼働確認)."""
