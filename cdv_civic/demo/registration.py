"""What the application takes from this feature."""

from pathlib import Path
from typing import Final

from flask import Flask

from cdv_civic.cards.rules import grouped
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Role
from cdv_civic.core.policy.table import ROLES
from cdv_civic.core.settings import Settings
from cdv_civic.demo.accounts import ACCOUNTS, PASSWORD, RESIDENT, code_of
from cdv_civic.demo.cards import CODE
from cdv_civic.fund.archive.elections import ARCHIVED, ArchivedElection
from cdv_civic.sign_in.demo_hints import DemoHints, register_hints

ELECTIONS: Final = Path(__file__).with_name("data") / "elections"
TOULOUSE: Final = ArchivedElection(
    "toulouse-2019",
    _l("Le budget participatif de Toulouse, 2019"),
    ELECTIONS / "toulouse-2019.pb",
    "fr",
    "https://pabulib.org",
)


def register(app: Flask, settings: Settings) -> None:
    """Say on the pages of sign-in how the demonstration is tried; show a vote of the past where it is loaded."""
    if settings.demo:
        ARCHIVED.add(app, TOULOUSE.slug, TOULOUSE)
    staff = [(ROLES[each.role].label, each.email) for each in ACCOUNTS if each.role is not Role.RESIDENT]
    register_hints(app, DemoHints(staff, PASSWORD, RESIDENT, grouped(CODE), code_of))
