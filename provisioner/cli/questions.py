"""Questions to whoever sits at the terminal."""

import sys


def ask(question: str) -> str:
    """The answer, without the spaces around it.

    Raises:
        KeyboardInterrupt: the input has ended.
    """
    sys.stderr.write(question)
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not answer:
        raise KeyboardInterrupt
    return answer.strip()
