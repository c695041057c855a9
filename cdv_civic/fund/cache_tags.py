"""The name under which pages keep what is published of one fund."""

from cdv_civic.core.db import TagName


def fund_tag(fund_id: int) -> TagName:
    """What is published of a fund: its rounds, projects, decisions, days between states. That it became public, or was
    withdrawn, raises its contract’s tag too."""
    return TagName(f"fund:{fund_id}")
