"""The commissions in which somebody sits, on the first page of their account."""

from typing import Final

from flask import Flask, render_template

from cdv_civic.fund.juries.queries.sitting import sits, sittings_of
from cdv_civic.my_space.first_page import AccountPart, Reader, Side, register_account_part


def draw_part(reader: Reader) -> str | None:
    """Their meetings that are not closed, and a way to all of them; None: they sit nowhere. 1 statement."""
    shown = [each for each in sittings_of(reader.account_id, reader.language) if not each.closed]
    return render_template("fund/juries/own_part.html", shown=shown)


PART: Final = AccountPart("juries", Side.AFTER_NEWS, draw_part, sits)


def register(app: Flask) -> None:
    """Show them."""
    register_account_part(app, PART)
