"""« Mes projets » on the first page of an account: those that its holder put with it, and where they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import Flask, render_template
from sqlalchemy import ColumnElement, exists, select

from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.project_words import STATES
from cdv_civic.fund.projects.queries.own import OwnListed, own_projects
from cdv_civic.my_space.first_page import AccountPart, Reader, Side, register_account_part

#: The others are read in « Mes données ».
_MOST: Final = 5


@dataclass(frozen=True)
class OwnProjectsPart:
    """What the page shows."""

    projects: Sequence[OwnListed]


def draw_part(reader: Reader) -> str | None:
    """The projects that changed last; 1 statement."""
    shown = OwnProjectsPart(own_projects(reader.account_id, reader.language, _MOST))
    return render_template("fund/projects/own_part.html", shown=shown, states=STATES)


def has_any(account_id: int) -> ColumnElement[bool]:
    """Whether an account put any."""
    return exists(select(FundProject.id).where(FundProject.author_id == account_id))


PART: Final = AccountPart("fund_projects", Side.BEFORE_NEWS, draw_part, has_any)


def register(app: Flask) -> None:
    """Their part of the first page of an account."""
    register_account_part(app, PART)
