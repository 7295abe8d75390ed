"""Where a server is to listen: checked before anything is served."""

from __future__ import annotations

import socket

from ld.errors import SiteError, UsageError


def free(bind: str) -> tuple[str, int]:
    """Return address and port; raises where they are malformed or taken."""
    host, _, port = bind.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise UsageError(f"--bind {bind}: write HOST:PORT, such as 127.0.0.1:8000")
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, int(port)))
    except OSError as error:
        reason = error.strerror or str(error)
        raise SiteError(f"cannot listen on {bind}: {reason}: choose another with --bind HOST:PORT") from None
    return host, int(port)
