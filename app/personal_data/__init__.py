"""Personal data (個人情報): inventory, plans of retention and erasure with proof."""
