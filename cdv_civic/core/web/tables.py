"""Tables that become a stack of cards on a phone: each cell knows what its column is called.

Styles that lay out rows as cards take the meaning of a table away from screen readers, and hide its head from
everybody: so each row and cell says its role, and each cell the name of its column, which the styles write above it.
"""

import re
from collections.abc import Sequence
from typing import Final

from flask import Flask
from markupsafe import Markup, escape

_TAG: Final = re.compile(r"<(tr|td|th)\b([^>]*)>")
_ROLES: Final = {"tr": "row", "td": "cell", "th": "rowheader"}


def labelled_rows(rows: Markup, labels: Sequence[object]) -> Markup:
    """The rows of a table's body with the name of its column in each cell, in the order of `labels`; "" for none.

    Rows hold no table of their own, and no cell that spans several columns.
    """
    column = 0

    def label(found: re.Match[str]) -> str:
        nonlocal column
        tag, attributes = found.groups()
        if tag == "tr":
            column = 0
            return f'<tr role="row"{attributes}>'
        name = labels[column]
        column += 1
        said = f' data-label="{escape(name)}"' if name else ""
        return f'<{tag} role="{_ROLES[tag]}"{said}{attributes}>'

    return Markup(_TAG.sub(label, rows))  # noqa: S704  (tags of the template, with escaped words added)


def register(app: Flask) -> None:
    """Give it to templates."""
    app.jinja_env.filters["labelled_rows"] = labelled_rows
