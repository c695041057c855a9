"""Generated mutants that no test finds, each with the reason why it may stay."""

from typing import Final

#: Name of the mutant, as the run prints it -> why no test tells it from the code.
SURVIVORS: Final[dict[str, str]] = {}
