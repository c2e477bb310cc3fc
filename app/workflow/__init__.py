"""Life of a case (案件の状態遷移): pure, knows neither Flask nor SQLAlchemy."""
