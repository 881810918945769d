"""From rows to the bytes of files: one module for each format."""
