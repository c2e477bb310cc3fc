"""Reading cases across the features: list, case page, history (案件の閲覧)."""
