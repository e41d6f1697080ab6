"""The package behind the six notebooks: from a shop's raw exports to findings with a known origin."""
