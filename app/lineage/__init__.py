"""Cases split and merged, and how they came of one another (分割・統合・系譜)."""
