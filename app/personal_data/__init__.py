"""Personal data: inventory, retention and erasure (個人情報の台帳・保存期間・消去)."""
