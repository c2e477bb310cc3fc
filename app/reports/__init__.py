"""Tables that come out as the source document prints them (報告・集計)."""
