"""The name under which pages keep what is published of one box of ideas."""

from cdv_civic.core.db import TagName


def box_tag(box_id: int) -> TagName:
    """What is published of a box: ideas, points, groups, answers, counts. That it became public, or was withdrawn,
    raises its contract’s tag too. A support moves no tag: a job counts, and raises this one where the count moved."""
    return TagName(f"ideas:{box_id}")
