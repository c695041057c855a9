"""The command line: `flask` commands of all features, and the checks that run before the site starts."""
