"""The desk's pages of what residents say: the register of a body and all it does there; what organisations answer."""

from cdv_civic.voices.desk import entering, one, register  # noqa: F401  (their routes)
from cdv_civic.voices.desk.organisations import blueprint as organisations_blueprint
from cdv_civic.voices.desk.organisations import waiting_words
from cdv_civic.voices.desk.routes import blueprint

__all__ = ["blueprint", "organisations_blueprint", "waiting_words"]
