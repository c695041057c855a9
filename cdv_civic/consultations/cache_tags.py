"""The name under which pages keep what is published of one consultation."""

from cdv_civic.core.db import TagName


def consultation_tag(consultation_id: int) -> TagName:
    """What is published of a consultation. That it became public, or was withdrawn, raises its contract’s tag too."""
    return TagName(f"consultation:{consultation_id}")
