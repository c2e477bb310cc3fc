"""How the work flows: burn-up, throughput, cycle time, forecast (流れ)."""
