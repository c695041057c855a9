"""Where somebody sits, on the first page of their account."""

from typing import Final

from flask import Flask, render_template

from cdv_civic.core import clock
from cdv_civic.my_space.first_page import AccountPart, Reader, Side, register_account_part
from cdv_civic.seats.queries import has_seat, own_seats


def draw_part(reader: Reader) -> str | None:
    """The seats of the reader; None: they have none. 1 statement."""
    seats = own_seats(reader.account_id, clock.today())
    return render_template("seats/own_part.html", shown=seats) if seats else None


PART: Final = AccountPart("seats", Side.AFTER_NEWS, draw_part, has_seat)


def register(app: Flask) -> None:
    """Show them."""
    register_account_part(app, PART)
