"""Files that people hand in (ファイル): stored by content, sniffed, scanned before anybody gets them."""
