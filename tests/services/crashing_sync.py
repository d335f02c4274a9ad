"""Syncs a listener and says after each report how many saved tracks are stored. Meant to be killed.

Arguments: the data folder, the accounts host, the API host, the client id.
"""

import sys
from pathlib import Path
from types import SimpleNamespace

import httpx

from tests.services.spotify_world import SpotifyWorld


class Telling:
    """Stands where a job stands, and tells the parent process."""

    def report(self, progress):
        print(progress.stage("saved").stored, flush=True)

    def sleep(self, seconds):
        raise AssertionError("nothing asks to wait here")


def main(folder, accounts_url, api_url, client_id):
    spotify = SimpleNamespace(client_id=client_id, accounts_url=accounts_url, api_url=api_url)
    with httpx.Client() as http:
        SpotifyWorld(spotify, Path(folder), http).sync.run("ada", Telling())


if __name__ == "__main__":
    main(*sys.argv[1:])
