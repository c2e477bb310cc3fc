"""Threads between a body and the secretariat before a proposal (事前相談)."""
