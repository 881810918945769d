"""Files that keep a column's values together, each of its own type: Parquet and ORC, by way of Arrow."""
