"""Which network a request comes from, as far as Pepway can tell."""

from contextlib import suppress
from ipaddress import IPv6Address, ip_address

from flask import current_app, request

from web.settings import Settings


def network_of_request() -> str:
    """Empty where all requests come from a proxy that says nothing of whom it speaks for."""
    settings: Settings = current_app.extensions["pepway_settings"]
    if settings.secure and not settings.proxies:
        return ""
    return network_of(request.remote_addr or "")


def network_of(address: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 one, which is what one household or office has."""
    with suppress(ValueError):
        parsed = ip_address(address)
        if isinstance(parsed, IPv6Address):
            return str(parsed.ipv4_mapped or parsed.exploded[:19])
        return str(parsed)
    return ""
