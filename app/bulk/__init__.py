"""One act on many cases (一括操作): seen before it happens, all or nothing, taken back at once."""
