"""What features declare about accounts: each name once."""

import pytest
from flask import Flask

from cdv_civic.accounts.other_ways_in import OtherWay, register_way
from cdv_civic.accounts.personal_parts import PersonalPart, register_part


def test_two_features_cannot_keep_a_part_of_one_name() -> None:
    app = Flask("parts")
    part = PersonalPart("walks", "Vos marches", lambda _session, _id: [], lambda _session, _id: None)
    register_part(app, part)
    with pytest.raises(ValueError, match="walks"):
        register_part(app, part)


def test_two_features_cannot_keep_a_way_in_of_one_name() -> None:
    app = Flask("ways")
    way = OtherWay("card", "Carte d’accès", "id", lambda _session, _id: 0)
    register_way(app, way)
    with pytest.raises(ValueError, match="card"):
        register_way(app, way)
