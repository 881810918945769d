"""What an export must obey, a noun a file; `table.py` lists them."""
