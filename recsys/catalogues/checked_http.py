"""
GET requests that cannot be led into this host or a private network.

Every hop is checked before it is sent: https only, and no loopback, private or otherwise special address (IANA
registries, as `ipaddress.is_global` reads them) unless the owner named that very origin. The name is resolved here and
the connection goes to the address that was checked, so a name that resolves differently a moment later changes nothing.
Where a proxy is configured (HTTPS_PROXY), the proxy resolves and connects, and only literal addresses are checked.
"""

import ipaddress
import socket
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import httpx

from recsys.errors import DownloadFailed

TIMEOUT: Final = httpx.Timeout(20.0)
MAX_REDIRECTS: Final = 5
NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
GLOBAL_UNICAST: Final = ipaddress.ip_network("2000::/3")
"""All of IPv6 that IANA has allocated; outside of it `is_global` lets site-local addresses and wrapped IPv4 pass."""


IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]
"""All addresses of a host name, as text. Raises `OSError` when there are none."""


class Origin(NamedTuple):
    """Scheme, host in lower case and port of an address."""

    scheme: str
    host: str
    port: int


def origin_of(address: str) -> Origin:
    """
    The origin of an http(s) address.

    Raises
    ------
    DownloadFailed
        It is no address.
    """
    try:
        urlsplit(address)  # refuses brackets that are not closed, which httpx takes for part of a name
        url = httpx.URL(address)
    except (httpx.InvalidURL, ValueError) as problem:
        raise DownloadFailed(f"The catalogue's address cannot be understood ({problem}).") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise DownloadFailed("The catalogue's address cannot be understood: it needs https:// and a host.")
    return Origin(url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80))


def shown(address: str) -> str:
    """Host and path of an address for messages: the rest may hold a signature."""
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, ValueError):
        return "that address"
    return f"{url.host}{url.path}"[:200]


def is_public(address: IPAddress) -> bool:
    """True for an address of the open internet; IPv6 that wraps an IPv4 address is judged by that."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address not in GLOBAL_UNICAST:
            return False
    return address.is_global and not address.is_multicast


def is_private_literal(host: str) -> bool:
    """True when a host is written as `localhost` or as an address that is not public, in whatever notation."""
    with suppress(ValueError):  # it is a name, or an address in another notation
        return not is_public(ipaddress.ip_address(host.strip("[]")))
    try:
        return not is_public(ipaddress.ip_address(socket.inet_aton(host)))  # 127.1, 0x7f000001, 2130706433
    except OSError:
        return f".{host.lower().rstrip('.')}".endswith(".localhost")


def resolve(host: str, port: int) -> list[str]:
    """Ask the system for all addresses of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@contextmanager
def opened_address(
    address: str, headers: Mapping[str, str], trusted: Origin | None, resolve: Resolve = resolve
) -> Iterator[httpx.Response]:
    """
    The answer to GET, after at most five redirects; its body is not read yet, and compression is not asked for.

    Parameters
    ----------
    address : str
    headers : mapping
        Sent with every hop.
    trusted : Origin or None
        The one origin that may be http or private, because the owner named it.

    Raises
    ------
    DownloadFailed
        A hop is not https, leads to a private address, or there are too many.
    httpx.HTTPError
        The connection failed.
    """
    for _ in range(MAX_REDIRECTS + 1):
        with _sent(address, headers, trusted, resolve) as response:
            if not response.has_redirect_location:
                yield response
                return
            try:
                address = str(httpx.URL(address).join(response.headers["location"]))
            except (httpx.InvalidURL, ValueError):
                raise DownloadFailed(f"{shown(address)} redirects to something that is no address.") from None
    raise DownloadFailed(f"{shown(address)} redirects more than {MAX_REDIRECTS} times. Check the address.")


@contextmanager
def _sent(
    address: str, headers: Mapping[str, str], trusted: Origin | None, resolve: Resolve
) -> Iterator[httpx.Response]:
    origin = origin_of(address)
    is_trusted = origin == trusted
    if origin.scheme != "https" and not is_trusted:
        raise DownloadFailed(f"The catalogue at {shown(address)} must be fetched over https.")
    proxies = urllib.request.getproxies()
    is_named = origin.scheme in proxies or "all" in proxies
    proxied = is_named and not urllib.request.proxy_bypass(f"{origin.host}:{origin.port}")
    if proxied and not is_trusted and is_private_literal(origin.host):
        raise _refusal(address)
    targets = [origin.host]
    if not proxied:
        try:
            targets = resolve(origin.host, origin.port)
        except (OSError, UnicodeError) as problem:
            raise httpx.ConnectError(f"no address for {origin.host}") from problem
        # One that is private among several public ones is enough to refuse.
        if not is_trusted and not all(is_public(ipaddress.ip_address(each.split("%")[0])) for each in targets):
            raise _refusal(address)
    # Without `trust_env` httpx would ignore SSL_CERT_FILE; with it, a request to a bare address would miss NO_PROXY.
    context = httpx.create_ssl_context(trust_env=True)
    with httpx.Client(timeout=TIMEOUT, trust_env=proxied, verify=context, follow_redirects=False) as client:
        response = _first_answer(client, httpx.URL(address), targets, headers)
        try:
            yield response
        finally:
            response.close()


def _refusal(address: str) -> DownloadFailed:
    return DownloadFailed(
        f"{shown(address)} is an address on this host or a private network, so it was not asked. Only an address that "
        "a registry names itself may be one."
    )


def _first_answer(
    client: httpx.Client, url: httpx.URL, targets: list[str], headers: Mapping[str, str]
) -> httpx.Response:
    """The answer of the first address that can be connected to. TLS still checks the certificate of the name."""
    for number, target in enumerate(targets, 1):
        request = client.build_request(
            "GET",
            url.copy_with(host=target),
            headers={"Host": url.netloc.decode("ascii"), "Accept-Encoding": "identity", **headers},
            extensions={"sni_hostname": url.host},
        )
        try:
            return client.send(request, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            if number == len(targets):
                raise
    raise httpx.ConnectError("no address")
