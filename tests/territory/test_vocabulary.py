"""The words of contracts, as residents read them."""

import pytest
from flask import Flask

from cdv_civic.territory.vocabulary import NATURES

pytestmark = pytest.mark.one_database

SAID = {
    "poursuite": ("Action qui continue", "Continuing", "عمل مستمر"),
    "action_eligible": ("Projet qui peut recevoir de l’argent", "Can apply for funding", "مشروع يمكن تمويله"),
    "orientation": ("Grande direction", "Overall aim", "توجّه عام"),
}


@pytest.mark.parametrize("code", SAID)
def test_a_nature_is_said_in_plain_words(app: Flask, code: str) -> None:
    said = []
    for tag in ("fr", "en", "ar"):
        with app.test_request_context(f"/{tag}/"):
            app.preprocess_request()
            said.append(str(NATURES[code].label))
    assert tuple(said) == SAID[code]
