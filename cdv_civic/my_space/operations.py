"""What people change of their own account.

These are not in the audit trail, which is about what staff did and is never erased: only an erasure is, without a
name (see `accounts.erasure`). Each raises `Forbidden`, and `NotFound` where the account was erased meanwhile.
"""

from typing import Final

from sqlalchemy import func, select

from cdv_civic.accounts.erasure import locked_account
from cdv_civic.accounts.links import end_links
from cdv_civic.accounts.models import NO_PASSWORD, ResidentQuartier
from cdv_civic.accounts.other_ways_in import other_ways
from cdv_civic.accounts.personal_parts import raise_tags_of
from cdv_civic.accounts.rules import LONGEST_NAME, MOST_QUARTIERS, BadNames, name_problem, tidy_name
from cdv_civic.core import clock, ledger
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, DomainError, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.territory.models import Quartier


class BadDisplayName(DomainError):
    """A first name or a pseudonym that cannot be kept."""


class OnlyWayIn(Conflict):
    """Without it the person could not come in any more."""


_SENTENCES: Final = {
    BadNames.LONG: _l(
        "Ce nom est trop long\u00a0: %(most)s caractères au plus.",
        most=LONGEST_NAME,
    ),
    BadNames.CHARACTERS: _l(
        "Écrivez un prénom ou un pseudonyme sur une ligne, sans < > @ / ni caractère caché."
    ),
}


def describe_myself(actor: Actor, *, name: str, minor: bool) -> None:
    """Keep a first name or a pseudonym (or none), and whether the person is under 18. Raises `BadDisplayName`."""
    require(actor, "account.self")
    tidy = tidy_name(name)
    problem = name_problem(tidy)
    if problem is not None:
        raise BadDisplayName(_SENTENCES[problem], field="name")
    with transaction() as session:
        account = locked_account(session, actor.actor_id)
        if account.name not in ("", tidy):
            ledger.note(session, "account.name", account.id, born=account.created_at)
        if minor and not account.minor:
            ledger.note(session, "account.minor", account.id, born=account.created_at)
        if minor != account.minor:
            raise_tags_of(session, account.id)  # a minor is named nowhere
        account.name = tidy
        account.minor = minor


def choose_quartier(actor: Actor, slug: str) -> str:
    """Add a quartier to one's own; its name. One that is chosen already changes nothing.

    Raises `NotFound` for an unknown quartier, `Conflict` where `MOST_QUARTIERS` are chosen.
    """
    require(actor, "account.self")
    with transaction() as session:
        account = locked_account(session, actor.actor_id)
        found = session.execute(
            select(Quartier.id, Quartier.name).where(Quartier.slug == slug, Quartier.retired_at.is_(None))
        ).first()
        if found is None:
            raise NotFound(_l("Nous ne trouvons pas ce quartier. Cherchez-le par son nom."), field="quartier")
        chosen = select(ResidentQuartier).where(ResidentQuartier.account_id == account.id)
        if session.execute(chosen.where(ResidentQuartier.quartier_id == found[0])).first() is not None:
            return str(found[1])
        # The row of the account is locked: nobody adds another one meanwhile.
        if (
            session.execute(select(func.count()).select_from(chosen.subquery())).scalar_one()
            >= MOST_QUARTIERS
        ):
            raise Conflict(
                _l(
                    "Vous pouvez choisir %(most)s quartiers. Enlevez-en un pour en choisir un autre.",
                    most=MOST_QUARTIERS,
                ),
                field="quartier",
            )
        session.add(
            ResidentQuartier(
                account_id=account.id, quartier_id=found[0], chosen_at=clock.now(), verified_at=None
            )
        )
    return str(found[1])


def leave_quartier(actor: Actor, slug: str) -> None:
    """Take a quartier out of one's own; one that was not chosen changes nothing."""
    require(actor, "account.self")
    with transaction() as session:
        account = locked_account(session, actor.actor_id)
        chosen = session.execute(
            select(ResidentQuartier)
            .join(Quartier, Quartier.id == ResidentQuartier.quartier_id)
            .where(ResidentQuartier.account_id == account.id, Quartier.slug == slug)
        ).scalar()
        if chosen is not None:
            ledger.note(
                session, "quartier.left", f"{account.id}:{chosen.quartier_id}", born=account.created_at
            )
            session.delete(chosen)


def remove_email(actor: Actor) -> None:
    """Forget the e-mail address and the links sent to it. Raises `OnlyWayIn`; `Conflict` where a password needs it."""
    require(actor, "account.self")
    with transaction() as session:
        account = locked_account(session, actor.actor_id)
        if account.password_hash != NO_PASSWORD:
            raise Conflict(
                _l("Votre adresse e-mail sert à vous connecter avec votre mot de passe. Elle reste."),
                field="email",
            )
        if account.phone is None and not sum(other_ways(session, account.id).values()):
            raise OnlyWayIn(_ONLY_WAY)
        account.email = None
        ledger.note(session, "account.email", account.id, born=account.created_at)
        end_links(session, account.id)


def remove_phone(actor: Actor) -> None:
    """Forget the telephone number. Raises `OnlyWayIn`."""
    require(actor, "account.self")
    with transaction() as session:
        account = locked_account(session, actor.actor_id)
        if account.email is None and not sum(other_ways(session, account.id).values()):
            raise OnlyWayIn(_ONLY_WAY)
        account.phone = None
        ledger.note(session, "account.phone", account.id, born=account.created_at)


_ONLY_WAY: Final = _l(
    "C’est votre seul moyen de vous connecter : sans lui, vous ne pourriez plus ouvrir votre compte. Ajoutez "
    "d’abord un autre moyen. Ou, si vous voulez partir, effacez votre compte."
)
