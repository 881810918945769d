"""When it is time for more stacks, and for how many."""

from math import ceil
from typing import Final

from provisioner.settings import MAX_DATASET_STACKS, Settings

_ROOM: Final = 1.25
"""New stacks are advised for a quarter more datasets than there are, so that it is not soon time again."""


def crowded(datasets: int, settings: Settings) -> str | None:
    """What to say where so many datasets are more than the stacks should have, on average; None where they are not.

    Nothing is refused for it: what grows is the time that Pulumi takes, and the file of its state.
    """
    stacks = max(settings.dataset_stacks, 1)
    if datasets <= stacks * settings.stack_size:
        return None
    wanted = min(ceil(datasets * _ROOM / settings.stack_size), MAX_DATASET_STACKS)
    advice = (
        f"set 'dataset_stacks' to {wanted} as docs/stacks.md says"
        if wanted > settings.dataset_stacks
        else "raise 'stack_size', or ask whether one account should hold so many"
    )
    return (
        f"{datasets:,} datasets in {'one stack' if stacks == 1 else f'{stacks} stacks'} are more than "
        f"{settings.stack_size:,} in each, above which Pulumi becomes slow: {advice}"
    )
