"""Who helps in the languages of the quartiers: interpreters, écrivains publics, counters. Services, never people."""
