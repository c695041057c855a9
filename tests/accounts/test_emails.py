"""One mailbox is one address."""

import pytest

from cdv_civic.accounts.emails import BadEmail, fold_email


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Prenom.Nom@Ville.FR", "prenom.nom@ville.fr"),
        (" agent+essai@example.org ", "agent+essai@example.org"),
        ("ａｇｅｎｔ@example.org", "agent@example.org"),
        ("o'neil@example.org", "o'neil@example.org"),
        ("agent@example.org\n", "agent@example.org"),
        ("agent\u200b@example.org", "agent@example.org"),
        ("\u202aagent@example.org\u202c", "agent@example.org"),
        ("prenom\u2011nom@example.org\u00a0", "prenom-nom@example.org"),
        ("mailto:agent@example.org", "agent@example.org"),
        ("« agent@example.org »", "agent@example.org"),
        ("<agent@example.org>", "agent@example.org"),
        ("Agent Exemple <agent@example.org>", "agent@example.org"),
        ("mailto:agent@example.org?subject=Bonjour", "agent@example.org"),
        ("agent\t@example.org", "agent@example.org"),
        ("agent@example.org.", "agent@example.org"),
        ("agent@example.org ;", "agent@example.org"),
        ("d’agent@example.org", "d'agent@example.org"),
        ("agent@mairie-évry.example", "agent@xn--mairie-vry-h7a.example"),
        ("agent@MAIRIE-ÉVRY.example", "agent@xn--mairie-vry-h7a.example"),
    ],
)
def test_an_address_is_kept_in_its_plain_form(typed: str, kept: str) -> None:
    assert fold_email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "agent",
        "agent@",
        "@example.org",
        "agent@example",
        "agent@exam ple.org",
        "agent@example.org\nBcc: autre@example.org",
        "Agent <agent@example.org> <autre@example.org>",
        "agent@exämple..org",
        "agent@é.example.org" + "é" * 300,
        "аgent@example.org",  # a Cyrillic letter drawn like ours
        "agent@exаmple.org",
        "élodie@example.org",
        "agent..x@example.org",
        "agent@-example.org",
        "agent@example.org, autre@example.org",
        "a" * 250 + "@example.org",
    ],
)
def test_what_is_no_address_or_looks_like_another_is_refused(typed: str) -> None:
    with pytest.raises(BadEmail):
        fold_email(typed)
