"""The blueprint of the desk."""

from cdv_civic.core.web.desk import desk_blueprint

blueprint = desk_blueprint("commitments_desk", __name__, "")
