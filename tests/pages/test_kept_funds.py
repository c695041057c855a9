"""Each act that changes what anybody reads of a fund is shown at once by pages that are kept."""

from collections.abc import Callable
from dataclasses import replace

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.fund.desk.operations import envelopes, funds, rounds
from cdv_civic.fund.desk.operations.envelopes import NewEnvelope
from cdv_civic.fund.imported.operations import import_round
from cdv_civic.fund.models.funds import Fund, FundRound
from cdv_civic.fund.rules.templates import EnvelopeScope
from tests import factories as make
from tests.fund import funds as given
from tests.fund.desk.test_operations import SETTINGS, settings_of_round
from tests.fund.imported.votes import VOTE
from tests.pages.test_kept_pages import made_anew, made_of_nothing_kept


def test_pages_of_a_fund_show_each_act_at_once(app: Flask, client: FlaskClient) -> None:
    who = make.make_account(role="administrator")
    contract = make.make_contract("val")
    make.make_quartier(contract, slug="est")
    make.make_quartier(make.make_contract("mont"), slug="ouest")
    fund = given.make_fund(contract)
    given.make_envelope(fund)
    shown = given.make_round(fund)
    draft = given.make_round(fund, "Appel de l’hiver", published_at=None)
    third = given.make_round(fund, "Appel du printemps")
    made: list[int] = []
    year = clock.today().year

    def version(kind: type[Fund | FundRound], row_id: int) -> int:
        db.session.rollback()
        return int(db.session.execute(select(kind.version).where(kind.id == row_id)).scalar_one())

    def envelope() -> None:
        new = NewEnvelope(year, EnvelopeScope.YOUTH, 300_00)
        made.append(envelopes.make_envelope(who, fund.id, new, client_key="une-enveloppe-gardee"))

    acts: list[tuple[str, Callable[[], object]]] = [
        ("describe_fund", lambda: funds.describe_fund(
            who, fund.id, replace(SETTINGS, name={"fr": "Autre nom"}), version=version(Fund, fund.id))),
        ("set_fund_rules", lambda: funds.set_fund_rules(
            who, fund.id, replace(given.RULES, smallest_cents=10_00), version=version(Fund, fund.id))),
        ("make_envelope", envelope),
        ("change_envelope", lambda: envelopes.change_envelope(who, made[0], 900_00, version=1)),
        ("delete_envelope", lambda: envelopes.delete_envelope(who, made[0], version=2)),
        ("open_round", lambda: rounds.open_round(who, draft.id, version=1)),
        ("set_round_rules", lambda: rounds.set_round_rules(
            who, shown.id, replace(given.RULES, smallest_cents=20_00), version=1)),
        ("describe_round", lambda: rounds.describe_round(
            who, shown.id, settings_of_round(opens_on=clock.today()), version=2)),
        ("close_round", lambda: rounds.close_round(who, third.id, version=1)),
        ("import_round", lambda: import_round(who, fund.slug, VOTE.encode())),
        ("withdraw_fund", lambda: funds.withdraw_fund(who, fund.id, version=version(Fund, fund.id))),
        ("publish_fund", lambda: funds.publish_fund(who, fund.id, version=version(Fund, fund.id))),
    ]  # fmt: skip
    own = f"/fr/fonds/{fund.slug}"
    pages = ["/fr/fonds", own, *(f"{own}/{row.slug}" for row in (shown, draft, third))]
    pages += ["/fr/en-ce-moment", "/fr/quartiers/est", "/sitemap.xml", "/fr/engagements?q=nom"]
    elsewhere = ["/fr/quartiers/ouest", "/fr/contrats/mont"]
    fresh = made_anew(app, client, [*pages, *elsewhere])[0]
    unseen, stale, wasted = set(), {}, set()
    for name, act in acts:
        before = fresh
        act()
        db.session.rollback()
        found, anew = made_anew(app, client, [*pages, *elsewhere])
        fresh = made_of_nothing_kept(app, client, [*pages, *elsewhere])
        stale[name] = {page for page in pages if found[page] != fresh[page]}
        wasted |= {page for page in elsewhere if page in anew}
        if fresh == before:
            unseen.add(name)
    assert {name: pages for name, pages in stale.items() if pages} == {}
    assert unseen == set(), "an act that no page shows tries nothing"
    assert wasted == set(), "pages of another contract stay as they were"
