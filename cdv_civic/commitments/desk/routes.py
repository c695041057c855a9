"""The blueprint of the desk."""

from cdv_civic.people.desk import desk_blueprint

blueprint = desk_blueprint("desk", __name__, "")
