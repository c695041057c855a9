"""What pages of other features may ask of commitments: counts, the latest news, the next dates.

Only commitments that stand in their contract are counted. Every function says its number of statements, which
never depends on the number of rows. Several restrictions given together narrow each other.
"""
