"""Who asks: what counts as one client, what a log may keep of its address, and who is on this machine."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from ld.memo import cached

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA", "HTTP_ORIGIN")
_KEPT = {4: 24, 6: 48}


@cached(4096)
def counted(address: str) -> str:
    """Return what counts as one client: an IPv4 address, or a /64 of IPv6, which whoever has one address has whole.

    >>> counted("192.0.2.7"), counted("::ffff:192.0.2.7"), counted("2001:db8::1"), counted("unknown")
    ('192.0.2.7', '192.0.2.7', '2001:db8::/64', '')
    """
    found = _address(address)
    if isinstance(found, IPv6Address):
        return str(ip_network((int(found), 64), strict=False))
    return str(found) if found else ""


@cached(4096)
def logged(address: str, how: str) -> str:
    """Return what the log keeps of an address: all of it, the network it is in, or nothing.

    >>> logged("192.0.2.7", "short"), logged("2001:db8:1:2::3", "short"), logged("192.0.2.7", "none")
    ('192.0.2.0', '2001:db8:1::', '')
    """
    found = _address(address)
    if found is None or how == "none":
        return ""
    return str(found) if how == "full" else str(ip_network((int(found), _KEPT[found.version]), strict=False)[0])


def is_local(environ: WSGIEnvironment) -> bool:
    """Determine whether a program on this machine asks for itself: not a proxy, nor a browser for a page's script."""
    peer = environ.get("werkzeug.proxy_fix.orig", environ).get("REMOTE_ADDR", "")
    found = _address(peer)
    return found is not None and found.is_loopback and not any(name in environ for name in _FORWARDED)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address; an IPv4 address that is written as IPv6 is one of IPv4 (RFC 4291 §2.5.5.2)."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
