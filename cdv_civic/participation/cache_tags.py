"""The name under which pages keep what a thing is linked with."""

from cdv_civic.core.db import TagName
from cdv_civic.participation.rules.links import Thing


def links_tag(thing: Thing) -> TagName:
    """The links of a thing: the page that shows them says it, also where there are none yet."""
    return TagName(f"links:{thing.kind}:{thing.id}")
