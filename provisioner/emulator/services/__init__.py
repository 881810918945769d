"""The AWS calls that create or update each resource, one file per service; each may be repeated."""
