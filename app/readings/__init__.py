"""Who opened which case, for the auditor (閲覧の記録): searched by case and by person."""
