"""Where a server is to listen: checked before anything is served."""

from __future__ import annotations

import socket

from ld.bounds import listening
from ld.errors import SiteError


def free(bind: str) -> tuple[str, int]:
    """Return address and port; raises SiteError where they are taken."""
    host, port = listening(bind)
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        reason = error.strerror or str(error)
        raise SiteError(f"cannot listen on {bind}: {reason}: choose another with --bind HOST:PORT") from None
    return host, port
