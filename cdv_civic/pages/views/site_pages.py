"""Pages that every site has: legal notice, privacy, accessibility; and the page of components."""

from flask import Blueprint, abort, render_template

from cdv_civic.core.policy.guard import policy
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.validity import shows_only
from cdv_civic.drafts.rules import KEPT_FOR
from cdv_civic.pages.components_sample import samples


@policy("public")
def legal() -> str:
    """Who publishes and hosts the site, and where its texts come from."""
    shows_only()
    return render_template("pages/legal.html")


@policy("public")
def privacy() -> str:
    """What is kept about people, and why."""
    shows_only()
    settings = current_settings()
    return render_template(
        "pages/privacy.html",
        mail_days=settings.mail_kept_days,
        draft_days=KEPT_FOR.days,
        contact_days=settings.voice_contact_days,
        link_days=settings.consultation_link_days,
        unused_days=settings.account_unused_days,
        warning_days=settings.account_warning_days,
    )


@policy("public")
def accessibility() -> str:
    """How accessible the site is, what was tested, and what to do about an obstacle."""
    shows_only()
    return render_template("pages/accessibility.html")


@policy("public")
def components() -> str:
    """All components on one page; in development only."""
    if not current_settings().development:
        abort(404)
    shows_only()
    return render_template("pages/components.html", galleries=samples())


def add_routes(blueprint: Blueprint) -> None:
    """Give these pages their addresses."""
    blueprint.add_url_rule("/<lang>/mentions-legales", view_func=legal)
    blueprint.add_url_rule("/<lang>/vie-privee", view_func=privacy)
    blueprint.add_url_rule("/<lang>/accessibilite", view_func=accessibility)
    blueprint.add_url_rule("/<lang>/composants", view_func=components)
