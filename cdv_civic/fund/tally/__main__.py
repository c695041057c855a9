"""`python -m cdv_civic.fund.tally FILE.pb`: counts a published election, without the site."""

from cdv_civic.fund.tally.command import run

run()
