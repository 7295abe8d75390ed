"""The live generation, for the verbs that read it."""

from __future__ import annotations

from ld.settings import Settings
from ld.site.generation import Generation
from ld.site.live import Live


def live(settings: Settings) -> Generation:
    """Return the live generation, opened as it is: its files are not compared with its manifest."""
    return Live(settings.site, verify=False).current()
