"""Where a request comes from, as far as that may be counted."""

import ipaddress


def network_of(address: str) -> str:
    """Return what counts as one place: an address, or the network that one IPv6 line has (/64)."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return address
