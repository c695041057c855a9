"""The WSGI entry point."""

from cdv_civic.app import create_app
from cdv_civic.core.external_services import UnusableSetting

try:
    app = create_app()
except UnusableSetting as problem:
    # One sentence that says what to set, not a traceback.
    raise SystemExit(f"The site cannot start. {problem}") from None
