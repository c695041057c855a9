"""Staff's longer texts: Markdown (CommonMark), rendered in linear time and passed through a short allow-list."""

from typing import Final

import bleach
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

TAGS: Final = frozenset({"p", "br", "strong", "em", "ul", "ol", "li", "a", "blockquote", "h3", "h4"})
ATTRIBUTES: Final = {"a": ["href", "title"], "ol": ["start"]}
PROTOCOLS: Final = frozenset({"https", "http", "mailto", "tel"})
#: Characters. Beyond, a text is shown as typed: no form takes so much, and the bound holds for imported ones too.
LONGEST: Final = 20_000

# Four spaces at the start of a line are an accident of pasting, and HTML is shown as typed. An address that stands
# once and is named a thousand times (`[a]: https://…`) would make megabytes of a page.
_renderer = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(["image", "code", "reference"])


def render(text: str) -> Markup:
    """HTML that is safe to print, from Markdown typed by staff."""
    if len(text) > LONGEST:
        return Markup("<p>%s</p>") % escape(text)
    clean = bleach.clean(
        _renderer.render(text).strip(), tags=TAGS, attributes=ATTRIBUTES, protocols=PROTOCOLS, strip=True
    )
    return Markup(clean)  # noqa: S704  (cleaned just above)
