"""The mail that proves an address. Call it inside `notices.letters.written_in`."""

from cdv_civic.core.i18n.catalogue import _
from cdv_civic.notices.letters import Letter
from cdv_civic.sign_in.by_message.rules import shown_code


def code_letter(code: str) -> Letter:
    """A code to type in one's own space."""
    return Letter(
        subject=_("Votre code"),
        paragraphs=[_("Bonjour,"), _("Vous ajoutez cette adresse à votre compte.")],
        code_words=_("Écrivez ce code dans votre compte\u00a0:"),
        code=shown_code(code),
        after=[
            _("Le code sert une seule fois, pendant 30 minutes. Ne le donnez à personne."),
            _(
                "Vous n’avez rien demandé\u00a0? Ne faites rien\u00a0: votre adresse n’est ajoutée nulle part."
            ),
        ],
    )
