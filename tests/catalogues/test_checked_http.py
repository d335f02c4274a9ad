"""GET requests stay on the open internet: every hop, every address of a name, and the address connected to."""

import ipaddress
import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from recsys.catalogues.checked_http import Origin, is_private_literal, is_public, opened_address, origin_of
from recsys.errors import DownloadFailed

INSIDE = (
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1"),
    *(
        "::1",
        "fe80::1",
        "fc00::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "ff02::1",
        "fec0::1",
        "::7f00:1",
        "::ffff:0:7f00:1",
        "64:ff9b:1::7f00:1",
    ),
)


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_of_this_host_and_of_private_networks_are_not_public(address):
    assert not is_public(ipaddress.ip_address(address))
    assert is_private_literal(address)


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST.", "app.localhost", "127.1", "2130706433", "0x7f000001", "017700000001", "10.1"]
)
def test_a_private_address_is_one_in_any_notation(host):
    """A proxy would resolve them itself."""
    assert is_private_literal(host)


@pytest.mark.parametrize("host", ["example.org", "notlocalhost", "16843009", "localhost.example.org", ""])
def test_other_hosts_are_not_private(host):
    assert not is_private_literal(host)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_addresses_of_the_open_internet_are_public(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("found", [["10.0.0.1"], ["1.1.1.1", "127.0.0.1"], ["fe80::1%eth0"]])
def test_a_name_with_a_private_address_is_refused_before_anything_is_sent(found):
    with (
        pytest.raises(DownloadFailed, match=r"files\.example/a is an address on this host or a private network"),
        opened_address("https://files.example/a?signature=secret", {}, None, lambda host, port: found),
    ):
        pass


@pytest.mark.parametrize(
    "address", ["http://files.example/a", "ftp://files.example/a", "https://", "https://[half", "file:///etc/passwd"]
)
def test_only_https_addresses_are_asked(address):
    with pytest.raises(DownloadFailed, match=r"address|https"), opened_address(address, {}, None, lambda *_: []):
        pass


def test_a_name_without_an_address_is_a_failed_connection():
    def unknown(host, port):
        raise OSError("Name or service not known")

    with (
        pytest.raises(httpx.ConnectError, match=r"no address for nowhere\.example"),
        opened_address("https://nowhere.example/", {}, None, unknown),
    ):
        pass


class Host(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.hosts.append(self.headers["Host"])
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"songs")

    def log_message(self, *_):
        """Keep the tests' output clean."""


def certificate(name, folder):
    """A self-signed certificate of a host name, and its key, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    no_password = serialization.NoEncryption()
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, no_password)
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def tls_host(tmp_path, monkeypatch):
    """A server on 127.0.0.1 with the certificate of files.example, which this test trusts."""
    pem = certificate("files.example", tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with HTTPServer(("127.0.0.1", 0), Host) as server:
        server.hosts = []
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_the_connection_goes_to_the_checked_address_and_the_certificate_is_that_of_the_name(tls_host):
    asked = []

    def resolve(host, port):
        asked.append(host)
        return ["127.0.0.1"]

    address = f"https://files.example:{tls_host.server_port}/songs.csv"
    with opened_address(address, {}, origin_of(address), resolve) as response:
        body = response.read()

    assert body == b"songs"
    assert asked == ["files.example"], "a second look-up could find another address"
    assert tls_host.hosts == [f"files.example:{tls_host.server_port}"]


def test_a_certificate_of_another_name_is_refused(tls_host):
    address = f"https://other.example:{tls_host.server_port}/songs.csv"

    with (
        pytest.raises(httpx.ConnectError, match="certificate verify failed"),
        opened_address(address, {}, Origin("https", "other.example", tls_host.server_port), lambda *_: ["127.0.0.1"]),
    ):
        pass

    assert tls_host.hosts == []
