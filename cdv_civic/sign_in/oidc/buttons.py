"""The ways to another service on the pages of sign-in."""

from dataclasses import dataclass

from flask import request, url_for

from cdv_civic.sign_in.oidc.client import Audience, provider_for


@dataclass(frozen=True)
class Button:
    """A way to the service."""

    label: str
    url: str


def buttons(audience: Audience) -> list[Button]:
    """The buttons of a page of sign-in: none or one.

    Where the person was going (`?retour=`) and a shared device (`?poste=partage`) go along.
    """
    provider = provider_for(audience)
    if provider is None:
        return []
    address = url_for(
        "oidc.start",
        which=audience.value,
        retour=request.args.get("retour") or None,
        poste=request.args.get("poste") or None,
    )
    return [Button(provider.label, address)]
