"""Published cases and open data (公表・オープンデータ)."""
