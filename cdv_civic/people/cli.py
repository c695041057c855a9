"""`flask staff`: accounts of staff."""

from flask.cli import AppGroup

staff = AppGroup("staff", help="Accounts of staff.")
