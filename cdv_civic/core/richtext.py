"""Staff's longer texts: Markdown, rendered and passed through a short allow-list."""

from typing import Final

import bleach
import markdown
from markupsafe import Markup

TAGS: Final = frozenset({"p", "br", "strong", "em", "ul", "ol", "li", "a", "blockquote", "h3", "h4"})
ATTRIBUTES: Final = {"a": ["href", "title"]}
PROTOCOLS: Final = frozenset({"https", "http", "mailto", "tel"})


def render(text: str) -> Markup:
    """HTML that is safe to print, from Markdown typed by staff."""
    html = markdown.markdown(text, extensions=["sane_lists", "nl2br"], output_format="html")
    clean = bleach.clean(html, tags=TAGS, attributes=ATTRIBUTES, protocols=PROTOCOLS, strip=True)
    return Markup(clean)  # noqa: S704  (cleaned just above)
