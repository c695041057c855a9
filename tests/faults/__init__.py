"""What operators and accidents do, repeated: processes killed, connections cut, disks full (docs/security.md)."""

import pytest

# Who reads that an act was done twice reads which rows of it are too many.
pytest.register_assert_rewrite("tests.faults.cut_acts")
