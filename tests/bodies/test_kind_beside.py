"""What a body is, beside its name."""

from flask import Flask

from cdv_civic.bodies.wording import kind_beside
from cdv_civic.core.i18n.catalogue import speaking
from cdv_civic.territory.vocabulary import BODY_KINDS

COUNCIL = BODY_KINDS["conseil_de_quartier"]


def test_what_a_body_is_stands_beside_its_name_where_the_name_does_not_say_just_that(app: Flask) -> None:
    with app.test_request_context("/fr/"):
        assert kind_beside(COUNCIL, "Conseil de Quartier") == ""
        assert kind_beside(COUNCIL, "Conseil des Navigateurs") == "Conseil de quartier"
        with speaking("ar"):
            assert kind_beside(COUNCIL, "Conseil de Quartier") == "مجلس الحي", (
                "in the reader's language it says more"
            )
