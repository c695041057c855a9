"""What a carrier tells, and what the desk makes of it, is shown at once by pages that are kept."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.core.db import db
from cdv_civic.fund.reviews.operations.deciding import show_photo, take
from cdv_civic.fund.reviews.operations.finding import by_receipt
from cdv_civic.fund.reviews.operations.stopping import note_return, stop_at_desk, stop_by_carrier
from cdv_civic.fund.reviews.operations.telling import tell_at_desk
from tests.fund import funds
from tests.fund.reviews.reviews import PaidProject, make_paid, photo, tell_all, told
from tests.pages.test_kept_pages import made_anew, made_of_nothing_kept


def test_pages_of_a_project_show_what_became_of_it_at_once(app: Flask, client: FlaskClient) -> None:
    fund = funds.make_fund()
    one, other, third, fourth = (make_paid(fund=fund) for _ in range(4))
    why = {"fr": "La salle est fermée."}

    def version(paid: PaidProject) -> int:
        return paid.row.version

    acts: list[tuple[str, Callable[[], object]]] = [
        ("tell", lambda: tell_all(one, 480_00, files=[photo()])),
        ("tell_at_desk", lambda: tell_at_desk(fourth.staff, fourth.id, told(fourth))),
        ("take", lambda: take(one.staff, one.id, 120_00, {}, version=1)),
        ("hide", lambda: show_photo(one.staff, one.id, one.files[0].id, shown=False)),
        ("show", lambda: show_photo(one.staff, one.id, one.files[0].id, shown=True)),
        ("stop_by_carrier", lambda: stop_by_carrier(by_receipt(other.code), "Je déménage.")),
        ("stop_at_desk", lambda: stop_at_desk(third.staff, third.id, why, 10_00, version=version(third))),
        ("note_return", lambda: note_return(third.staff, third.id, 30_00, version=version(third))),
    ]
    # What a stopped project gave back is read with the envelopes of its fund.
    pages = [f"/fr/fonds/{fund.slug}"]
    pages += [
        f"/fr/fonds/{fund.slug}/{paid.fund_round.slug}/{paid.row.number}"
        for paid in (one, other, third, fourth)
    ]
    fresh = made_anew(app, client, pages)[0]
    unseen, stale = set(), {}
    for name, act in acts:
        before = fresh
        act()
        db.session.rollback()
        found, _anew = made_anew(app, client, pages)
        fresh = made_of_nothing_kept(app, client, pages)
        stale[name] = {page for page in pages if found[page] != fresh[page]}
        if fresh == before:
            unseen.add(name)
    assert {name: pages for name, pages in stale.items() if pages} == {}
    assert unseen == set(), "an act that no page shows tries nothing"
