"""Many hand-offs prepared and sent together (まとめて送付): texts by class, duties, routing."""
