"""What the application takes from funds."""

from flask import Flask

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.text_owners import TextKind, register_text_kind
from cdv_civic.fund import topics
from cdv_civic.fund.archive import registration as archive
from cdv_civic.fund.desk import registration as desk
from cdv_civic.fund.instruction import registration as instruction
from cdv_civic.fund.juries import registration as juries
from cdv_civic.fund.models import choosing, funds, projects  # noqa: F401  (their tables)
from cdv_civic.fund.opinions import registration as opinions
from cdv_civic.fund.projects import registration as deposits
from cdv_civic.fund.public import registration as public
from cdv_civic.fund.reviews import registration as reviews
from cdv_civic.fund.subsidies import registration as subsidies


def register(app: Flask) -> None:
    """Tables and texts of funds, and votes of the past."""
    register_text_kind(app, TextKind("fund", "fund", _l("Fonds"), ("name", "words", "help", "elsewhere")))
    register_text_kind(app, TextKind("fund_round", "fund", _l("Appels à projets"), ("title",)))
    register_text_kind(
        app,
        TextKind(
            "fund_project_step", "fund", _l("Réponses sur des projets"), ("reason", "elsewhere"), shown=False
        ),
    )
    register_text_kind(
        app, TextKind("fund_project_opinion", "fund", _l("Avis sur des projets"), ("reasons",))
    )
    register_text_kind(
        app, TextKind("fund_jury_item", "fund", _l("Décisions d’une commission"), ("reason", "elsewhere"))
    )
    topics.register(app)
    archive.register(app)
    reviews.register(app)
    deposits.register(app)
    desk.register(app)
    public.register(app)
    opinions.register(app)
    instruction.register(app)
    subsidies.register(app)
    juries.register(app)
