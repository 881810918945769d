"""`provisioner deploy-roles`: the roles that the workflows assume."""

import argparse
import sys
from typing import TYPE_CHECKING

from provisioner.cli.checkout import checkout, settings_of
from provisioner.cli.command import add_format, add_stack, command
from provisioner.failure import CommandError

if TYPE_CHECKING:
    from provisioner.cli.command import Commands


def add(commands: "Commands") -> None:
    """Add the command and its arguments."""
    parser = command(
        commands,
        "deploy-roles",
        "Print the IAM roles that GitHub's workflows assume, with the trust and the permissions that each needs.",
        "provisioner deploy-roles --role preview --format json",
        deploy_roles,
    )
    parser.add_argument("--role", choices=("apply", "preview"), help="only this one (default: both)")
    add_format(parser, "text", "json")
    add_stack(parser)


def deploy_roles(arguments: argparse.Namespace) -> int:
    """Exit code 0, or 1 where the settings do not say what a role needs."""
    from provisioner.access.deployment import WorkflowKind, workflow_role
    from provisioner.access.limits import LimitExceededError
    from provisioner.reporting.deployment_roles import FORMATS

    settings = settings_of(checkout(), arguments.stack)
    kinds = [WorkflowKind(arguments.role)] if arguments.role else list(WorkflowKind)
    try:
        roles = [workflow_role(kind, settings) for kind in kinds]
    except LimitExceededError as exceeded:
        raise CommandError(str(exceeded)) from exceeded
    sys.stdout.write(FORMATS[arguments.format](roles))
    return 0
