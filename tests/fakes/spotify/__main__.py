"""`python -m tests.fakes.spotify`: an invented Spotify and ReccoBeats to try the whole app against."""

import argparse
import threading

from tests.fakes.reccobeats import FakeReccoBeats, knows_most_of
from tests.fakes.spotify.fake import CLIENT_ID, FakeSpotify

WORDS = """An invented Spotify is running, with the listeners Ada ({saved:,} saved tracks), Grace and Nell.
Start Tonearm in another terminal with these settings:

    export SPOTIFY_CLIENT_ID={client_id}
    export SPOTIFY_ACCOUNTS_URL={accounts}
    export SPOTIFY_API_URL={api}
    export RECCOBEATS_URL={reccobeats}
    make run

then open http://127.0.0.1:8501 and choose “Connect Spotify”.
Ctrl+C stops the invented Spotify, and it forgets everything."""


def main():
    asked = argparse.ArgumentParser(prog="python -m tests.fakes.spotify", description=__doc__)
    asked.add_argument(
        "--port",
        type=int,
        default=8765,
        help="of the accounts host; the API and ReccoBeats take the next two, and 0 takes any",
    )
    asked.add_argument("--tracks", type=int, default=5000, help="how many tracks Ada has saved")
    given = asked.parse_args()
    fake = FakeSpotify(given.tracks, given.port, given.port and given.port + 1)
    with fake, FakeReccoBeats(knows_most_of(fake), given.port and given.port + 2) as reccobeats:
        hosts = {"accounts": fake.accounts_url, "api": fake.api_url, "reccobeats": reccobeats.url}
        print(WORDS.format(saved=given.tracks, client_id=CLIENT_ID, **hosts), flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print("\nStopped.")


if __name__ == "__main__":
    main()
