"""Background jobs: one table of them, a lease for each, and the scheduler that tries them."""
