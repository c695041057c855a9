"""Days that the database works out, on SQLite and on PostgreSQL alike."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Date
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class days_after(FunctionElement[Any]):  # noqa: N801  (said like a function of SQL)
    """The day so many days after another: `days_after(Idea.received_on, IdeaBox.answer_days)`; NULL of NULL."""

    type = Date()
    inherit_cache = True
    name = "days_after"

    def __init__(self, day: ColumnElement[Any] | Any, days: ColumnElement[Any] | Any) -> None:
        super().__init__(day, days)


#: How each database adds days: that of `day` and the number of days in their places.
_ADDED: Final = {"sqlite": "date({day}, '+' || {days} || ' days')", "postgresql": "({day} + {days})"}


@compiles(days_after)
def _compile(element: Any, compiler: Any, **more: Any) -> str:
    day, days = (compiler.process(each, **more) for each in element.clauses)
    return _ADDED[compiler.dialect.name].format(day=day, days=days)
