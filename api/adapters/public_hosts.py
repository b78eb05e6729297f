"""Where a name leads, if that is a public address: a name that somebody gave us must not turn a call of ours into one
to a machine behind the firewall."""

import asyncio
import ipaddress
import socket


class NotPublic(Exception):
    """The name leads to a private address, and which."""


async def public_address(host: str) -> str:
    """Of all that the name has, the first. Whoever calls it there, and not by its name again, can't be led elsewhere by
    a second answer. Raises NotPublic if any is private, OSError if the name can't be found."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    addresses = [str(address[0]) for *_, address in found]
    for address in addresses:
        if not is_public(address):
            raise NotPublic(f"{host} leads to a private address, {address}")
    return addresses[0]


def is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return ip.is_global and not ip.is_multicast
