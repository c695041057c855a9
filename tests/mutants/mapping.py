"""Which modules are sampled, and the tests that hold each."""

from typing import Final

from tests.mutants.running import ROOT

#: What decides or writes, in every feature.
_PATTERNS: Final = (
    "cdv_civic/**/rules.py",
    "cdv_civic/**/rules/*.py",
    "cdv_civic/**/operations.py",
    "cdv_civic/**/operations/*.py",
    "cdv_civic/jobs/*.py",
)
#: And what does so under another name.
_MORE: Final = (
    "cdv_civic/cards/hashes.py",
    "cdv_civic/draws/algorithm.py",
    "cdv_civic/notices/delivery.py",
    "cdv_civic/packs/merge.py",
    "cdv_civic/participation/receipts.py",
    "cdv_civic/participation/taking_part.py",
)
#: Modules of core and their tests: it has no folder of its own for each.
_CORE: Final[dict[str, tuple[str, ...]]] = {
    "audit/check.py": ("tests/core/audit/test_trail.py", "tests/attacks/test_audit_trail.py"),
    "audit/counter.py": ("tests/core/audit/test_counter.py", "tests/attacks/test_audit_trail.py"),
    "audit/trail.py": (
        "tests/core/audit/test_trail.py",
        "tests/core/audit/test_actions.py",
        "tests/attacks/test_audit_trail.py",
    ),
    "availability.py": ("tests/core/test_unavailable.py", "tests/console/test_without_tables.py"),
    "csv_export.py": ("tests/attacks/test_exports.py",),
    "database_clock.py": ("tests/core/test_database_clock.py", "tests/jobs/test_jobs.py"),
    "db.py": ("tests/core/test_db.py", "tests/faults/test_cut_off.py"),
    "folders.py": ("tests/core/test_folders.py",),
    "i18n/catalogue.py": ("tests/core/i18n/test_catalogue.py",),
    "i18n/catalogues.py": ("tests/core/i18n/test_catalogue.py", "tests/translation"),
    "i18n/entries.py": ("tests/core/i18n/test_catalogue.py", "tests/translation"),
    "i18n/plurals.py": ("tests/core/i18n",),
    "i18n/translation_check.py": ("tests/core/i18n/test_translation_check.py",),
    "forgotten_texts.py": ("tests/core/test_put_text.py", "tests/consultations/kinds/statements"),
    "forms/protection.py": ("tests/core/forms", "tests/core/test_typed_again.py"),
    "ledger.py": ("tests/faults/test_ledger.py", "tests/backup"),
    "localized.py": ("tests/core/test_localized.py", "tests/core/test_db.py"),
    "paging.py": ("tests/core/test_paging.py",),
    "photos/re_encoding.py": ("tests/core/photos", "tests/attacks/test_decoding_bombs.py"),
    "photos/structure.py": ("tests/core/photos", "tests/attacks/test_decoding_bombs.py"),
    "policy/decisions.py": ("tests/core/test_policy.py", "tests/attacks/test_grants.py"),
    "policy/guard.py": ("tests/core/test_policy.py", "tests/attacks/test_page_cache.py"),
    "policy/model.py": ("tests/core/test_policy.py", "tests/attacks/test_grants.py"),
    "rate_limits.py": ("tests/core/test_rate_limits.py", "tests/attacks/test_rate_limits.py"),
    "secrets.py": ("tests/core/test_secrets.py",),
    "sounds/mp3.py": ("tests/core/sounds",),
    "sounds/mp4.py": ("tests/core/sounds",),
    "sounds/reading.py": ("tests/core/sounds",),
    "suppression.py": ("tests/core/test_suppression.py",),
    "setting_values.py": ("tests/core/test_settings.py",),
    "settings.py": ("tests/core/test_settings.py",),
    "text_folding.py": ("tests/core/test_text_folding.py",),
    "uploads/file_store.py": ("tests/core/uploads/s3/test_stores.py",),
    "uploads/s3/client.py": ("tests/core/uploads/s3",),
    "uploads/s3/signing.py": ("tests/core/uploads/s3/test_signing.py",),
    "uploads/s3/store.py": ("tests/core/uploads/s3",),
    "uploads/orphans.py": ("tests/jobs/test_jobs.py", "tests/faults/test_orphans.py"),
    "uploads/receiving.py": ("tests/core/uploads/test_receiving.py", "tests/jobs/test_jobs.py"),
    "uploads/serving.py": ("tests/core/uploads/test_receiving.py", "tests/attacks/test_withdrawn_files.py"),
    "uploads/stored_files.py": ("tests/core/uploads/test_receiving.py",),
    "web/headers.py": ("tests/core/web/test_headers.py",),
    "web/health.py": ("tests/core/web/test_health.py",),
    "web/page_cache.py": (
        "tests/core/web/test_page_cache.py",
        "tests/core/web/test_validity.py",
        "tests/attacks/test_page_cache.py",
    ),
    "web/request_limits.py": ("tests/attacks/test_large_requests.py", "tests/attacks/test_odd_requests.py"),
}
#: Tests that are called otherwise, or lie elsewhere, than what they test.
_ELSEWHERE: Final[dict[str, tuple[str, ...]]] = {
    "cdv_civic/accounts/operations.py": (
        "tests/role_desk/test_accounts.py",
        "tests/role_desk/test_staff_command.py",
        "tests/sign_in/test_recovery.py",
    ),
    "cdv_civic/accounts/rules.py": ("tests/sign_in/test_code_rules.py",),
    "cdv_civic/bodies/operations/publications.py": ("tests/attacks/test_withdrawn_files.py",),
    "cdv_civic/cards/operations/entry.py": ("tests/attacks/test_cards.py",),
    "cdv_civic/cards/operations/proofs.py": ("tests/attacks/test_cards.py",),
    "cdv_civic/commitments/operations/axes.py": ("tests/commitments/test_operations_editing.py",),
    "cdv_civic/commitments/operations/indicators.py": ("tests/commitments/test_operations_editing.py",),
    "cdv_civic/commitments/operations/translating.py": ("tests/commitments/test_operations_editing.py",),
    "cdv_civic/notices/delivery.py": ("tests/notices/test_outbox.py", "tests/notices/test_sms.py"),
    "cdv_civic/notices/operations.py": ("tests/notices/test_outbox.py",),
    "cdv_civic/participation/operations.py": ("tests/participation/test_links.py",),
    "cdv_civic/participation/taking_part.py": ("tests/participation/test_eligibility.py",),
    "cdv_civic/packs/operations/communes.py": ("tests/packs/test_newer_file.py",),
    "cdv_civic/packs/operations/quartiers.py": ("tests/packs/test_newer_file.py",),
    "cdv_civic/packs/operations/versions.py": ("tests/packs/test_newer_file.py",),
    "cdv_civic/role_desk/operations/invitations.py": ("tests/attacks/test_invitations.py",),
    "cdv_civic/role_desk/operations/roles.py": ("tests/attacks/test_invitations.py",),
    "cdv_civic/seats/operations/proposals.py": ("tests/draws/test_proposals.py",),
    "cdv_civic/sign_in/by_message/rules.py": ("tests/sign_in/test_code_rules.py",),
    "cdv_civic/sign_in/oidc/operations.py": ("tests/attacks/test_invitations.py",),
    "cdv_civic/sign_in/password/operations.py": ("tests/attacks/test_invitations.py",),
}
#: What a change may say, and the tests of another folder that hear it.
_HEARD_ELSEWHERE: Final[dict[str, tuple[str, ...]]] = {
    "ledger.note(": ("tests/backup",),
    "security_log.note(": ("tests/test_logs.py",),
}


def modules() -> list[str]:
    """The modules that mutants are made of, by path."""
    found = {str(path.relative_to(ROOT)) for pattern in _PATTERNS for path in ROOT.glob(pattern)}
    return sorted({*found, *_MORE, *(f"cdv_civic/core/{name}" for name in _CORE)})


def which_tests(path: str, change: str = "", *, own: bool = False) -> tuple[str, ...]:
    """The tests of a module and of what a `change` of it says, the likeliest to find a fault first.

    `own`: without those of the whole feature.
    """
    _, feature, *rest = path.split("/")
    if feature == "core":
        return _CORE["/".join(rest)]
    *parents, module = [feature, *rest]
    names = (f"test_{module}", f"test_operations_{module}", f"test_{parents[-1]}.py")
    named = [each for name in names if (ROOT / (each := f"tests/{feature}/{name}")).exists()]
    heard = [test for words, tests in _HEARD_ELSEWHERE.items() if words in change for test in tests]
    there = (*named, *_ELSEWHERE.get(path, ()))
    return (*there, *heard) if own and there else (*there, *heard, f"tests/{feature}")
