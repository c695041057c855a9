"""The letter of an invitation: for somebody who has not come yet, or who needs a password now."""

from sqlalchemy.orm import Session

from cdv_civic.accounts.invitations import WELCOME_LASTS, needs_password
from cdv_civic.accounts.links import Purpose, end_links, issue
from cdv_civic.accounts.models import Account
from cdv_civic.core import clock
from cdv_civic.core.audit import trail
from cdv_civic.core.policy.model import Actor
from cdv_civic.notices.letters import written_in
from cdv_civic.notices.operations import write_mail
from cdv_civic.notices.topics import ACCOUNT
from cdv_civic.role_desk.letters import invitation, welcome


def write_invitation(
    session: Session,
    actor: Actor,
    account: Account,
    tag: str,
    *,
    with_password: bool = False,
    contract_id: int | None = None,
) -> None:
    """Write it within the caller's transaction; links of before end. `contract_id`: whose matter it is."""
    end_links(session, account.id)
    with_password = with_password or needs_password(session, account.id)
    with written_in(tag):
        if with_password:
            link = issue(session, account.id, Purpose.INVITATION)
            letter, until = invitation(link.token, account.organisation_name, tag), link.expires_at
        else:
            letter, until = welcome(tag), clock.now() + WELCOME_LASTS
        write_mail(
            session,
            account.email or "",
            tag,
            letter,
            topic=ACCOUNT,
            useful_until=until,
            contract_id=contract_id,
        )
    trail.record(session, actor, "account.manage", "account", account.id, after={"invited": True})
