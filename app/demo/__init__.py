"""The demo of 令和6年, loaded through the services (見本データ)."""
