"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.cards.rules import grouped
from cdv_civic.core.policy.model import Role
from cdv_civic.core.policy.table import ROLES
from cdv_civic.demo.accounts import ACCOUNTS, PASSWORD, RESIDENT, code_of
from cdv_civic.demo.cards import CODE
from cdv_civic.sign_in.demo_hints import DemoHints, register_hints


def register(app: Flask) -> None:
    """Say on the pages of sign-in how the demonstration is tried."""
    staff = [(ROLES[each.role].label, each.email) for each in ACCOUNTS if each.role is not Role.RESIDENT]
    register_hints(app, DemoHints(staff, PASSWORD, RESIDENT, grouped(CODE), code_of))
