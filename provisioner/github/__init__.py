"""What runs in GitHub's workflows and speaks to GitHub: it keeps one comment, and one issue.

A job that may write installs nothing. So this imports the standard library and nothing else, not even of the project,
and runs by the runner's own Python (3.11 or newer): `python3 -m provisioner.github.comment --help`.
"""
