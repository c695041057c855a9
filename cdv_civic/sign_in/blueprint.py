"""The blueprint that the pages of sign-in share: no cache keeps any of them."""

from flask import Blueprint

from cdv_civic.core.web.desk import keep_nothing

blueprint = Blueprint("sign_in", __name__, url_prefix="/<lang>")
keep_nothing(blueprint)
