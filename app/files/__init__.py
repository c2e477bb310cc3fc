"""Files that people hand in (ファイル): sniffed, kept by content, scanned, then handed out."""
