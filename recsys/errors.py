"""
Every error raised on purpose. Each message is a sentence a listener can read and act on.

* TonearmError
  + UnreadableFile      a file cannot be read as tracks
    - NoTracks          a valid file, but not of tracks
    - DownloadFailed    a file at an address that could not be fetched whole
  + UnknownFeature      a name that is not in the feature table
  + BadRecipe           weights or dials that cannot rank anything
  + BadTracks           a track table breaks its own rules
    - UnknownMinus      a song to stay away from is not known here
  + NothingToRank       an empty library, an empty catalogue, or nothing known about either
  + NotAllowed          somebody else's rows were asked for
  + BadValue            a value in a request or a link is not valid
  + ServerBusy          others are served first
  + SettingsProblem     a setting is missing or wrong
  + StorageProblem      the store refused, or did not answer
    - NoRoom            a listener would have more rows than allowed
    - Erased            the listener's data was erased during the work
    - Undecryptable     what is stored was encrypted with a secret this server does not have
  + SpotifyProblem      Spotify did not answer with what was asked for
    - SignInFailed      Spotify did not let this listener in
    - ReconnectSpotify  the consent has ended: the listener must connect again
    - SpotifyBusy       asked to wait until a given time
    - SpotifyRefused    an answer that waiting will not change
    - SpotifyUnreachable  no usable answer: the connection broke, or Spotify itself failed
  + NotOffered          a feature source does not serve this app
  + SourceBusy          a feature source cannot answer now; it is asked again later
"""


class TonearmError(Exception):
    """Base of all errors raised on purpose; `str()` is what the listener reads."""


class UnreadableFile(TonearmError):
    """A file that cannot be read as tracks: wrong kind, broken, too large or unsafe."""


class NoTracks(UnreadableFile):
    """A valid file that holds no tracks: an export's profile page, a table of something else."""


class DownloadFailed(UnreadableFile):
    """A file at an address that was not fetched: unreachable, refused, not what was promised, or too large."""


class UnknownFeature(TonearmError):
    """A feature name that is not in the feature table."""


class BadRecipe(TonearmError):
    """A value of a recipe is out of range or of the wrong type, or a file is not a recipe."""


class BadTracks(TonearmError):
    """A track table lacks a column, repeats an id or holds values of the wrong kind."""


class UnknownMinus(BadTracks):
    """A song to stay away from is neither in the library nor in the catalogue."""


class NothingToRank(TonearmError):
    """The library or the catalogue is empty, or too little is known to compare them."""


class NotAllowed(TonearmError):
    """A listener asked for rows that are not theirs."""


class BadValue(TonearmError):
    """A value in a request or a link. `field` is the parameter's name."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


class ServerBusy(TonearmError):
    """Too much is asked of this server at the moment; the message says when to try again."""


class SettingsProblem(TonearmError):
    """A setting is missing or malformed; the message names it."""


class StorageProblem(TonearmError):
    """
    The store refused or did not answer. Nothing of the refused write was stored.

    Its sentence is also logged, for whoever runs the store: it holds nothing of a listener's, nor what a database said.
    """


class NoRoom(StorageProblem):
    """A listener would have more rows than allowed. Nothing of the refused write was stored."""


class Erased(StorageProblem):
    """Everything of the listener's was erased during work for them, which ends with this."""


class Undecryptable(StorageProblem):
    """What is stored was encrypted with a secret this server does not have, or was changed since."""


class SpotifyProblem(TonearmError):
    """Spotify answered something other than what was asked for."""


class SignInFailed(SpotifyProblem):
    """Spotify, or the check of its answer, did not let this listener in."""


class ReconnectSpotify(SpotifyProblem):
    """The stored consent is no longer valid (`invalid_grant`); only a new sign-in fixes it."""


class SpotifyBusy(SpotifyProblem):
    """
    Spotify asks us to wait. `retry_after` is in seconds; `is_quota` is True for a daily quota. Where
    `was_asked` is False a wait was remembered, and nothing was sent.
    """

    def __init__(self, message: str, retry_after: float, is_quota: bool = False, was_asked: bool = True) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.is_quota, self.was_asked = is_quota, was_asked


class SpotifyRefused(SpotifyProblem):
    """An answer that waiting will not change. `reason` is a key of the capability table."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class SpotifyUnreachable(SpotifyProblem):
    """The connection broke, timed out, or the answer was not Spotify's."""


class NotOffered(TonearmError):
    """A feature source does not serve this app; ask the next one."""


class SourceBusy(TonearmError):
    """
    A feature source asks us to wait, or did not answer. `retry_after` is in seconds. Where `was_asked` is False a wait
    was remembered, and nothing was sent.
    """

    def __init__(self, message: str, retry_after: float, was_asked: bool = True) -> None:
        super().__init__(message)
        self.retry_after, self.was_asked = retry_after, was_asked
