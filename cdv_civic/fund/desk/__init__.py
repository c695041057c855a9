"""The desk of funds: a fund and its rules, its money of each year, its rounds."""
