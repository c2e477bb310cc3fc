"""Forms of the secretariat's desk (仕分けの入力様式): one class a command."""
