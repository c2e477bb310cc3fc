"""The backlog: what lies where, how long, whose move it is (滞留)."""
