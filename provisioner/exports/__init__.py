"""How a dataset's files are made: what `export:` in a dataset file says, typed and checked. Nothing is run here."""
