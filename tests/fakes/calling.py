"""What calling Spotify needs besides Spotify: a clock that sleeping moves, a quota in a dict, a listener's token."""

from collections import Counter

from recsys.errors import ReconnectSpotify


class SleepingClock:
    """`clock()` tells the time; `clock.sleep(seconds)` moves it at once and remembers how long."""

    def __init__(self, now=1_790_000_000.0):
        self.now = now
        self.slept = []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


class QuotaInMemory:
    """A `QuotaState` that ends with the test."""

    def __init__(self):
        self.blocked = {}
        self.spent = Counter()

    def blocked_until(self, bucket, now):
        return self.blocked.get(bucket)

    def block(self, bucket, now, seconds):
        self.blocked[bucket] = now + seconds

    def spend(self, bucket, now, budget):
        day = (bucket, int(now // 86_400))
        if self.spent[day] >= budget:
            return False
        self.spent[day] += 1
        return True


class AccessInMemory:
    """An `Access` with one spare token: `renew` gives it, and then has no more."""

    def __init__(self, token, spare=None):
        self._token, self._spare = token, spare
        self.renewals = 0

    def token(self):
        return self._token

    def renew(self, refused):
        self.renewals += 1
        if self._spare is None:
            raise ReconnectSpotify("Connect Spotify again.")
        self._token, self._spare = self._spare, None
        return self._token
