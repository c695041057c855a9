"""Services that help in other languages, for tests."""

from itertools import count
from typing import Any

from cdv_civic.core.policy.model import Actor, CommandLine
from cdv_civic.language_help.operations import HelpDraft, add_service
from cdv_civic.language_help.rules import Reachable
from cdv_civic.territory.models import Commune, Contract, Quartier

_numbers = count(1)


def a_service(
    service: str = "Maison inventée",
    *,
    kind: str = "counter",
    commune: Commune | None = None,
    quartier: Quartier | None = None,
    spoken: tuple[str, ...] = ("ar", "tr"),
    place: str = "1 place du Marché",
    phone: str = "01 99 00 12 34",
    **texts: Any,
) -> HelpDraft:
    """What a form says of a service, `texts` being its texts by language."""
    return HelpDraft(
        kind,
        commune.id if commune else None,
        quartier.id if quartier else None,
        Reachable(service, spoken, place, phone),
        texts.get("what", {"fr": "On lit vos lettres avec vous."}),
        texts.get("hours", {"fr": "Le mardi, de 9 h à 12 h"}),
    )


def make_service(contract: Contract, actor: Actor | None = None, **more: Any) -> int:
    """A service that is published; its id."""
    return add_service(
        actor or CommandLine(), contract.id, a_service(**more), client_key=f"un-service-{next(_numbers)}"
    )
