"""How whoever left an address or a number is reached: by a mail, or by a text message that leads to a page."""

from sqlalchemy.orm import Session

from cdv_civic.accounts.phones import BadPhone, fold_phone
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.settings import current_settings
from cdv_civic.notices.operations import refusal_url, write_text
from cdv_civic.notices.texts import fits, plainly
from cdv_civic.notices.topics import Topic
from cdv_civic.participation.contacts import EMAIL, read_contact


def is_reached(typed: str) -> bool:
    """Whether this site writes to a contact as typed: only then a page promises it. Raises `DomainError`."""
    settings = current_settings()
    contact = read_contact(typed, fictional=settings.development)
    if contact is None:
        return False
    kind, where = contact
    return settings.mails if kind == EMAIL else text_number(where) is not None


def text_number(phone: str) -> str | None:
    """The number as text messages are sent to it; None: it takes none, or the site sends none."""
    settings = current_settings()
    if not settings.texts:
        return None
    try:
        return fold_phone(phone, settings.sms_countries, fictional=settings.development)
    except BadPhone:
        return None


def text_a_page(
    session: Session,
    phone: str,
    language: str,
    subject: str,
    url: str,
    *,
    topic: Topic,
    contract_id: int | None = None,
) -> None:
    """Queue a text message that says what is new and where it stands, within the caller's transaction; nothing where
    the number takes none. Called in the language of its reader.

    How to refuse the next one is left out where both do not fit into one message.
    """
    number = text_number(phone)
    if number is None:
        return
    text = plainly(_("%(subject)s\u00a0: %(url)s", subject=subject, url=url))
    stop = _("%(text)s Stop : %(url)s", text=text, url=refusal_url(number, language, topic, short=True))
    said = next((each for each in (plainly(stop), text) if fits(each)), None)
    if said is not None:
        write_text(session, number, language, said, topic=topic, contract_id=contract_id)
