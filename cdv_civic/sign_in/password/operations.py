"""Send the link by which somebody who lost their password chooses another."""

from sqlalchemy import select

from cdv_civic.accounts.emails import fold_email
from cdv_civic.accounts.links import Purpose, issue
from cdv_civic.accounts.models import NO_PASSWORD, Account
from cdv_civic.core.db import transaction
from cdv_civic.notices.letters import mail_language, written_in
from cdv_civic.notices.operations import require_mail, write_mail
from cdv_civic.sign_in.password.letters import lost_password


def send_password_link(email: str, language: str) -> None:
    """Send a link for a new password, if the address has an account.

    Only an account with a password has one to lose: an invitation that is over is not revived here. Says nothing about
    either: the same rows and the same letter are written for nobody, and the letter is taken back
    before the commit. Raises `BadEmail`, `NoMail`.
    """
    require_mail()
    tag = mail_language(language)
    folded = fold_email(email)
    with transaction() as session:
        account_id = session.execute(
            select(Account.id).where(
                Account.email == folded,
                Account.disabled_at.is_(None),
                Account.password_hash != NO_PASSWORD,
            )
        ).scalar()
        link = issue(session, account_id, Purpose.PASSWORD)
        with session.begin_nested() as attempt:
            with written_in(tag):
                letter = lost_password(link.token, tag)
                write_mail(session, folded, tag, letter, topic=None, useful_until=link.expires_at)
            if account_id is None:
                attempt.rollback()
