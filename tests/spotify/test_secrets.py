"""No token, code or secret leaves through logs, errors or printing, also when everything logs at DEBUG."""

import logging
import traceback
from datetime import UTC, datetime

import httpx
import pytest

from recsys.auth.spotify import SpotifyAccounts, code_challenge, code_verifier
from recsys.errors import SpotifyProblem
from tests.fakes.spotify import CLIENT_ID, CLIENT_SECRET, Fault

BACK = "http://127.0.0.1:8501/callback"
FAULTS = {
    "nothing": None,
    "502": Fault.server_error(),
    "401": Fault.unauthorized(),
    "cut": Fault.cut_before(),
    "not registered": Fault.not_registered(),
    "a page": Fault.html(),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_whole_journey_at_debug_shows_no_secret(spotify, dial, caplog, fault):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "urllib3")  # the app silences it, which must not be what this rests on
    verifier = code_verifier(bytes(48))
    with httpx.Client() as http:
        accounts = SpotifyAccounts(spotify.accounts_url, CLIENT_ID, CLIENT_SECRET, BACK, http)
        back = spotify.approve(accounts.authorize_url("state", code_challenge(verifier)))
        code = back.split("code=")[1].split("&")[0]
        now = datetime.fromtimestamp(spotify.now(), UTC)
        grant = accounts.refresh(accounts.exchange(code, verifier, now), now)
    line = dial()
    if FAULTS[fault]:
        spotify.fail_when("*", FAULTS[fault])
    shown = [repr(accounts), repr(grant), repr(line.api)]
    for ask in (line.library.me, line.library.saved, lambda: line.playlists.create("Mine")):
        try:
            ask()
        except SpotifyProblem as problem:
            shown += traceback.format_exception(problem)

    secrets = {verifier, code, CLIENT_SECRET, *line.tokens, *spotify.access_tokens, *spotify.refresh_tokens}
    everything = "\n".join([caplog.text, *shown])
    assert "urllib3" in caplog.text and "httpcore" in caplog.text, "the libraries did log"
    assert [secret for secret in secrets if secret in everything] == []


def test_a_netrc_on_the_server_does_not_replace_the_listeners_token(spotify, dial, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))

    assert dial().library.me().spotify_id == "ada"
