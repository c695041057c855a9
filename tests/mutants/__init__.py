"""Mutants: small faults put into the code one at a time, to see whether the tests find them. `make mutants`.

Two kinds. *Chosen* faults (`chosen`) are those that once passed all tests, and their like: each is a piece of code and
what to put in its place. A *sample* of generated ones (`generating`) over rules, operations, jobs and core: a flipped
comparison, a boundary moved by one, a dropped condition of a statement, a removed line. Each is tried in a copy of the
tree, against the tests named for its module (`mapping`), up to the first that fails.

The run fails where under 90 % are found, where one passed that `survivors` does not list with a reason, and where a
chosen or listed fault no longer fits the code: both lists follow it. Tests that do not end, or an application that does
not start, count as a fault found where they pass without it; a process that was killed says nothing.

Why not mutmut or cosmic-ray. mutmut 3 changes nothing outside of functions and passes decorated ones over; it learns
which tests belong to a function from a run of the whole suite, a quarter of an hour here before the first mutant.
cosmic-ray has one test command for a session: the whole suite for each mutant, or a configuration for each feature.
Neither knows the fault that was missed most often here, a condition dropped from a `where`. A mutant of this code costs
8 to 20 seconds of processor time, to import the application, make a site and run its tests up to the first that fails,
and a minute or two where none does: all would take a day. Hence a sample, steady from run to run.
"""
