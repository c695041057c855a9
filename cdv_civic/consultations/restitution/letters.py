"""The letters about answers: to whoever gave their opinion, and to those who still owe an answer.

Call them inside `notices.letters.written_in`.
"""

from datetime import date

from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.formats import date_text
from cdv_civic.core.localized import Words
from cdv_civic.notices.letters import Letter, address_of


def reply_letter(title: Words, slug: str, language: str) -> Letter:
    """« La réponse est là »: no word of what anybody answered."""
    return Letter(
        subject=_("Vous avez donné votre avis\u00a0: la réponse est là"),
        paragraphs=[
            _("Bonjour,"),
            _("Vous avez donné votre avis sur\u00a0: «\u00a0%(title)s\u00a0».", title=title.text),
            _("La réponse est publiée\u00a0: ce qui est fait, ce qui ne l’est pas et pourquoi."),
        ],
        action=_("Lire la réponse"),
        url=address_of("restitution.show", lang=language, slug=slug),
        after=[_("À la fin de la page, un bouton vous demande si vous vous sentez entendu.")],
    )


def due_letter(title: Words, slug: str, due_on: date, days: int, language: str) -> Letter:
    """« La réponse est attendue dans 14 jours »."""
    return Letter(
        subject=ngettext(
            "Une réponse à donner aux habitantes et aux habitants dans %(num)s jour",
            "Une réponse à donner aux habitantes et aux habitants dans %(num)s jours",
            days,
        )
        if days
        else _("Une réponse à donner aux habitantes et aux habitants aujourd’hui"),
        paragraphs=[
            _("Bonjour,"),
            _(
                "La consultation «\u00a0%(title)s\u00a0» est fermée. Vous avez promis la réponse pour le %(day)s.",
                title=title.text,
                day=date_text(due_on, "long"),
            ),
            _("Passé ce jour, la page publique et l’accueil disent qu’elle est en retard."),
        ],
        action=_("Écrire la réponse"),
        url=address_of("consultation_restitution_desk.edit", lang=language, slug=slug),
    )
