"""Doing one act on many cases, and taking it back (一括操作の実行・取消し)."""
