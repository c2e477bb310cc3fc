"""Plans of candidates (共通化推進方針): sections, costs, schedule, versions, approval."""
