"""The meeting paper (会議資料): every page of it from the data, with what changed."""
