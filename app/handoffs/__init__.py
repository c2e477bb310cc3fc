"""Hand-offs to ministries and their replies (送付・回答): core, and the desk of a ministry."""
