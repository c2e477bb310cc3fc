"""Proposals as tables and forms, out and in (一括の取込み・書出し)."""
