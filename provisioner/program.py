"""The Pulumi program: load, check, provision."""

from pathlib import Path

import pulumi

from provisioner.access.check import check
from provisioner.access.limits import LimitExceededError
from provisioner.datasets.folder import read_folders
from provisioner.resources.forwarder_zip import ForwarderZipError
from provisioner.resources.stack import provision
from provisioner.settings import settings_file
from provisioner.stacks.lookup import find_stack
from provisioner.stacks.size import crowded


def run(root: Path, name: str, workspace: Path) -> None:
    """Provision the checkout `root` as the stack `name` says; any problem stops it before anything is registered.

    A date in `expires` that has passed is no problem here: the policies themselves end the access.

    Raises:
        pulumi.RunError: the files have problems, and its text lists them; or the stack has no settings; or something
            cannot be built.
    """
    try:
        stack, settings, problems = find_stack(root, name)
    except FileNotFoundError:
        raise pulumi.RunError(
            f"{settings_file(name)}: the stack '{name}' has no settings; copy those of another stack and change them"
        ) from None
    if stack is None or settings is None:
        raise pulumi.RunError("\n".join(map(str, problems)))
    files, found = read_folders(root)
    checked = check(files, found, settings, today=None)
    if checked.problems:
        raise pulumi.RunError("\n".join(map(str, checked.problems)))
    if too_many := crowded(len(checked.catalogue), settings):
        pulumi.warn(too_many)
    try:
        provision(checked.catalogue, settings, workspace, stack)
    except (LimitExceededError, ForwarderZipError) as error:
        raise pulumi.RunError(str(error)) from error


if __name__ == "__main__":
    checkout = Path(pulumi.get_root_directory())
    run(checkout, pulumi.get_stack(), checkout / "build")
