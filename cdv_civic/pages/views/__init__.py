"""Routes of the public pages: one module for each kind of page."""

from flask import Blueprint

blueprint = Blueprint("pages", __name__)
