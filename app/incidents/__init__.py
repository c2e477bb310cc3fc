"""Incidents (事故・漏えいの報告): report, freeze, clocks of the 速報 and 確報."""
