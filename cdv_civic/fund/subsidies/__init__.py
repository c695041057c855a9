"""Subsidies as open data, in the SCDL schema « subventions » 2.1.1: what legal persons were paid, by year."""
