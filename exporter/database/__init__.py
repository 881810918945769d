"""The source: PostgreSQL, read in one snapshot under one lock."""
