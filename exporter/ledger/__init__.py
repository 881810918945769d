"""What was exported, and what is still to be done: the rows that decide, whatever becomes of a process."""
