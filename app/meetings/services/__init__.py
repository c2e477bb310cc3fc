"""Preparing a meeting, running it, recording what it decided (会議の操作)."""
