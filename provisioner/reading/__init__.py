"""How a file is read: bytes become a document whose every value knows its line and column, or problems."""
