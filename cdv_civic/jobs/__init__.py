"""Work that nobody asks for: one table of jobs, a lease for each, and the scheduler that tries them.

Every process may run the scheduler: the lease in the database lets one of them do a job at a time.
"""

from cdv_civic.jobs.scheduler import start

__all__ = ["start"]
