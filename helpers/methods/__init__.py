"""Statistics that know nothing of shops."""
