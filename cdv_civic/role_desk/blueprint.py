"""The blueprint that the pages of this desk share."""

from cdv_civic.core.web.desk import desk_blueprint

blueprint = desk_blueprint("role_desk", __name__, "")
