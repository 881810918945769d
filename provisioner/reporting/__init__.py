"""How things are shown: one module for each thing, one function for each format."""
