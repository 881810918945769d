"""How full AWS's limits are, as it is shown."""
