"""The Pulumi program: load, check, provision."""

import gc
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


def run(root: Path, name: str, workspace: Path, *, in_one: bool = False) -> None:
    """Provision the checkout `root` as the stack `name` says; any problem stops it before anything is registered.

    A date in `expires` that has passed is no problem here: the policies themselves end the access. With `in_one`, the
    stack has everything, however many stacks the settings want.

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
    if not in_one and (too_many := crowded(len(checked.catalogue), settings)):
        pulumi.warn(too_many)
    try:
        provision(checked.catalogue, settings, workspace, None if in_one else stack)
    except (LimitExceededError, ForwarderZipError) as error:
        raise pulumi.RunError(str(error)) from error


def main() -> None:
    """Provision the project and the stack that Pulumi runs, in a process that ends with it."""
    # Pulumi's SDK keeps dozens of objects for each resource until the end. To walk over them again and again takes the
    # garbage collector almost as long as all else takes, and it finds little.
    gc.disable()
    checkout = Path(pulumi.get_root_directory())
    run(checkout, pulumi.get_stack(), checkout / "build")


if __name__ == "__main__":
    main()
