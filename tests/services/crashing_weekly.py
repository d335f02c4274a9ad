"""Renews a listener's list and its playlist week after week and says which week is done. Meant to be killed.

Arguments: the data folder, the accounts host, the API host, the client id.
"""

import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import httpx

from recsys.core.engine.recipe import Recipe
from recsys.storage.store import WeeklyList
from tests.services.spotify_world import SpotifyWorld
from tests.services.test_weekly import NAME, Weekly, real


def main(folder, accounts_url, api_url, client_id):
    spotify = SimpleNamespace(client_id=client_id, accounts_url=accounts_url, api_url=api_url)
    with httpx.Client() as http:
        world = SpotifyWorld(spotify, Path(folder), http)
        world.store.save_tracks("ada", real(12, 2, "own"))
        world.store.save_weekly("ada", WeeklyList(Recipe(length=3, per_artist=None).as_json(), 0, 3, NAME))
        weekly = Weekly(world)
        for week in range(15):
            weekly.renew("ada")
            print(week, flush=True)
            weekly.now += timedelta(days=7)


if __name__ == "__main__":
    main(*sys.argv[1:])
