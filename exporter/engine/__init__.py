"""A run: lock, recover, snapshot, encode, stage, commit, reveal, manifest."""
