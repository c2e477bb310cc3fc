"""Where a case belongs (所管): duties of the ministries, suggested destinations, their load."""
