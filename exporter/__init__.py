"""The exporter: runs what `export:` in a dataset file says. Select, encode, publish, ledger, manifest."""
