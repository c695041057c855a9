"""What a fund of participation allows: its rules as data, projects and their states, budgets and envelopes. Pure."""
