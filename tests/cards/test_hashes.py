"""What a card is found by is of no use without the site's secret."""

from dataclasses import replace

import pytest
from flask import Flask

from cdv_civic.cards.hashes import hash_code, hash_codes
from cdv_civic.core.settings import current_settings

pytestmark = pytest.mark.one_database

CODES = ["A1B2C3D4E5F6", "A1B2C3D4E5F7"]


def test_the_hash_of_a_code_is_another_under_another_secret(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = hash_code(CODES[0])
    assert hash_code(CODES[0]) == here, "a card is found by it"
    assert hash_code(CODES[1]) != here
    another = replace(current_settings(), secret_key="the secret of another site, as long as it must be")
    monkeypatch.setitem(app.extensions, "settings", another)
    assert hash_code(CODES[0]) != here


def test_many_codes_are_hashed_as_one_is_and_in_their_order(app: Flask) -> None:
    assert hash_codes(CODES) == [hash_code(code) for code in CODES]
