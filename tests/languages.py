"""The languages of the tests: those that have a pack, and those that a site is shown in where nothing else is set."""

from typing import Final

from cdv_civic.core.i18n.languages import read_language
from cdv_civic.core.settings import ROOT, Settings

#: The tags of all packs.
SHIPPED: Final = tuple(sorted(pack.parent.name for pack in ROOT.glob("translations/*/pack.toml")))
#: The tags of a site by default, each with the direction it is written in.
DIRECTIONS: Final = {tag: read_language(tag).direction for tag in Settings.languages}
