"""What a dataset file must obey: one module for each thing a rule looks at, a table of them all in `table`."""
