"""What accounts keep, in words."""

from typing import Any, Final

from cdv_civic.accounts.rules import Way
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l

#: How somebody came in, in words.
WAY_WORDS: Final[dict[Way, Any]] = {
    Way.PASSWORD: _l("avec un mot de passe"),
    Way.EMAIL: _l("par un lien reçu par e-mail"),
    Way.SMS: _l("par un code reçu par SMS"),
    Way.CARD: _l("avec une carte d’accès"),
    Way.OIDC: _l("par un service d’identité"),
}
