"""Counts an election of a participatory budget exactly: which projects an envelope pays for, and why.

Pure Python and NumPy; no framework, no database, no site: `python -m cdv_civic.fund.tally FILE.pb`.
"""
