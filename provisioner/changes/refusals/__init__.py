"""What a pull request must not do."""
