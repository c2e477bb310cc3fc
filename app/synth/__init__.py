"""Made-up cases in all states, for trials of load (負荷試験用の案件)."""
