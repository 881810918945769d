"""What a pull request changes: two states of a checkout compared, in grants, and what that risks."""
