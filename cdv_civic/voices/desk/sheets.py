"""Sheets of paper to print for a permanence, each with a receipt to tear off; and cards of pictures to hand out."""

import secrets
from typing import Final

import segno
from flask import render_template, request, url_for
from markupsafe import Markup

from cdv_civic.bodies.desk.blueprint import residents_body_at_desk
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.languages import site_languages
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.printing import site_root
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.desk import Answer, number_in
from cdv_civic.notices.letters import written_in
from cdv_civic.participation.rules.receipts import make_receipt, written
from cdv_civic.voices import picture_cards
from cdv_civic.voices.desk.blueprint import blueprint

#: Sheets printed at once, at most.
MOST_SHEETS: Final = 20


def _labels(tag: str) -> dict[str, str]:
    """What stands on a sheet, in one language: all of them are printed together."""
    settings = current_settings()
    with written_in(tag):
        return {
            "title": _("Une question, une idée, une difficulté ?"),
            "online": _("Ou sur le site :"),
            "words": _("Vos mots"),
            "kind": _("C’est…"),
            "question": _("Une question"),
            "idea": _("Une idée"),
            "difficulty": _("Une difficulté"),
            "theme": _("Le sujet"),
            "contact": ngettext(
                "E-mail ou téléphone, pour une réponse. Effacé %(num)s jour après la réponse.",
                "E-mail ou téléphone, pour une réponse. Effacé %(num)s jours après la réponse.",
                settings.voice_contact_days,
            ),
            "public": _("Mon message peut être public, sans mon nom"),
            "minor": _("J’ai moins de 18 ans"),
            "where": _("Où et quand"),
            "code": _("Le code du reçu"),
            "keep": _("Votre reçu : gardez ce code pour lire la réponse."),
        }


@blueprint.get("/<int:body_id>/parole/feuilles")
@policy("voice.enter")
def sheets(body_id: int) -> str:
    """Sheets of paper to print (`?combien=`), each with a receipt of its own to tear off. Nothing is kept of them."""
    body = residents_body_at_desk(body_id, "voice.enter")
    base = site_root()
    online = base + url_for("voices.speak", contract=body.contract, slug=body.slug)
    drawn = segno.make(online, error="m").svg_inline(scale=3, border=2, svgclass="qr", lineclass=None)
    count = min(max(number_in(request.args.get("combien")) or 1, 1), MOST_SHEETS)
    languages = site_languages()
    return render_template(
        "voices/sheets.html",
        labels=[(each.tag, _labels(each.tag)) for each in languages],
        body=body,
        follow=base + url_for("participation.follow"),
        qr=Markup(drawn),  # noqa: S704  (drawn by us, of an address of this site)
        codes=[written(make_receipt(secrets.randbelow)) for _each in range(count)],
        most=MOST_SHEETS,
    )


@blueprint.get("/<int:body_id>/parole/images")
@policy("voice.enter")
def pictures(body_id: int) -> str:
    """Cards without words, to print and hand out: how to say something with a telephone."""
    body = residents_body_at_desk(body_id, "voice.enter")
    return picture_cards.page_of(
        body,
        back=url_for("voices_desk.enter", body_id=body_id),
        pdf=url_for("voices_desk.pictures_pdf", body_id=body_id),
    )


@blueprint.get("/<int:body_id>/parole/images.pdf")
@policy("voice.enter")
def pictures_pdf(body_id: int) -> Answer:
    """The same as a PDF."""
    return picture_cards.pdf_answer(residents_body_at_desk(body_id, "voice.enter"))
