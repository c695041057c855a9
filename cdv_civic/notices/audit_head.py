"""The end of the audit trail, mailed to people who keep it where whoever changes the trail cannot reach it."""

from flask import current_app

from cdv_civic.core.audit.check import Head, TrailFindings, check, head
from cdv_civic.core.db import db, transaction
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.settings import current_settings
from cdv_civic.notices.letters import Letter, written_in
from cdv_civic.notices.operations import write_mail
from cdv_civic.notices.topics import WATCH


def head_is_wanted() -> bool:
    """Whether somebody gets the head of the trail (AUDIT_HEAD_TO)."""
    return bool(current_settings().audit_head_to) and current_settings().mails


def _letter(found: TrailFindings, now: Head) -> Letter:
    whole = (
        _(
            "Le journal n’est plus entier. Demandez à la personne qui s’occupe du serveur de lancer "
            "« flask audit verify »."
        )
        if found.problems
        else _("Le journal est entier : aucune ligne n’a été changée ni enlevée.")
    )
    return Letter(
        subject=_("Le repère du journal du site"),
        paragraphs=[
            _("Bonjour,"),
            _(
                "Chaque acte de l’équipe laisse une ligne dans le journal du site. Lignes à ce jour : %(count)s.",
                count=now.count,
            ),
            whole,
        ],
        code=now.short,
        code_words=_("Gardez ce repère ailleurs que sur le serveur."),
        after=[
            _("En entier : %(head)s", head=now.mark.hash),
            _(
                "Plus tard, « flask audit verify --head » suivi de ce repère dit si tout ce qui précède est encore là."
            ),
        ],
    )


def mail_head() -> int:
    """Verify the trail, and mail its head to each address of AUDIT_HEAD_TO; how many. A job.

    Nothing in the mail names a person. What is wrong with the trail is an error of the log too.
    """
    if not head_is_wanted():
        return 0
    found = check(db.session())
    now = head(db.session())
    for problem in found.problems:
        current_app.logger.error("audit verify: %s", problem)
    if not now.count and not found.problems:
        return 0
    language = current_settings().default_language
    with transaction() as session, written_in(language):
        for address in current_settings().audit_head_to:
            write_mail(session, address, language, _letter(found, now), topic=WATCH)
    return len(current_settings().audit_head_to)
