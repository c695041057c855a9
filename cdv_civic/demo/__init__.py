"""The demonstration: a real contract, with invented news that say so."""
