"""What a pull request risks: nothing that is wrong, but what a reviewer must have seen."""
