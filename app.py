"""The WSGI entry point."""

from cdv_civic import create_app
from cdv_civic.core.outer import UnusableSetting

try:
    app = create_app()
except UnusableSetting as problem:
    # One sentence that says what to set, not a traceback.
    raise SystemExit(f"The site cannot start. {problem}") from None
