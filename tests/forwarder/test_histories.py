"""The forwarder's three promises hold in any history that the machine can think of."""

from .histories import HISTORIES, History, quiet

TestHistories = History.TestCase
TestHistories.settings = quiet(HISTORIES)
