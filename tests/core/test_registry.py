"""A registry gives each name once."""

import pytest
from flask import Flask

from cdv_civic.core.registry import NamedOnce, RegisteredTwice, Registry, by_name

pytestmark = pytest.mark.one_database


def test_entries_come_in_the_order_in_which_they_were_added() -> None:
    app, numbers = Flask("test"), Registry[int]("numbers")
    numbers.add(app, "two", 2)
    numbers.add(app, "one", 1)
    with app.app_context():
        assert list(numbers.entries().items()) == [("two", 2), ("one", 1)]


def test_a_name_that_is_taken_is_refused_and_the_first_entry_stays() -> None:
    app, numbers = Flask("test"), Registry[int]("numbers")
    numbers.add(app, "one", 1)
    with pytest.raises(RegisteredTwice, match="numbers: the name 'one' is registered twice"):
        numbers.add(app, "one", 11)
    with app.app_context():
        assert dict(numbers.entries()) == {"one": 1}


def test_two_applications_share_nothing() -> None:
    numbers = Registry[int]("numbers")
    numbers.add(Flask("first"), "one", 1)
    with Flask("second").app_context():
        assert not numbers.entries()


def test_two_registries_share_nothing() -> None:
    app = Flask("test")
    Registry[int]("numbers").add(app, "one", 1)
    Registry[str]("words").add(app, "one", "un")


def test_a_fixed_table_names_each_entry_once() -> None:
    assert by_name("words", ["one", "three"], str.upper) == {"ONE": "one", "THREE": "three"}
    with pytest.raises(RegisteredTwice, match="words: the name 'o' is registered twice"):
        by_name("words", ["one", "other"], lambda word: word[0])


def test_a_dictionary_of_names_takes_each_once() -> None:
    names = NamedOnce("filters", {"one": 1})
    names["two"] = names["two"] = 2
    with pytest.raises(RegisteredTwice, match="filters: the name 'one' is registered twice"):
        names.update(three=3, one=11)
    names.pop("one")
    names.update({"one": 11})
    assert names == {"one": 11, "two": 2, "three": 3}


def test_no_feature_replaces_a_word_of_templates(app: Flask) -> None:
    with pytest.raises(RegisteredTwice):
        app.jinja_env.filters["dateformat"] = str
    with pytest.raises(RegisteredTwice):
        app.jinja_env.globals.update(asset=str)
