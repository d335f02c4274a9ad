"""Why a sign-in did not happen: a short code for the address bar, a sentence for the listener. Never provider text."""

from typing import Final

SENTENCES: Final = {
    "state": "This sign-in was not begun in this browser, or another one was begun since. Please try again from here.",
    "expired": "That sign-in took too long, or was used before. Please try again.",
    "denied": "You did not agree on Spotify's page, so nothing was connected. You can try again at any time.",
    "refused": "Spotify did not accept the sign-in. Please try again; if it goes on, check the app's settings.",
    "unreachable": "The sign-in got no answer in time. Please try again in a minute.",
    "busy": "Spotify asks this app to wait before it answers again. Please try later.",
    "not_registered": (
        "Spotify does not know you as one of this app's testers. The owner of the Spotify app adds your Spotify "
        "e-mail address under User Management in the developer dashboard (five listeners at most); then try again."
    ),
    "premium_required": (
        "Spotify answers this app only while its owner has Spotify Premium. Once the owner has renewed it, it can take "
        "a few hours until sign-in works again."
    ),
    "unverified_email": (
        "Supabase wants your e-mail address confirmed, and Spotify never confirms one. The owner of this app switches "
        "off “Confirm email” in the Supabase dashboard under Authentication, Sign In / Providers, Email."
    ),
    "no_email": (
        "Supabase requires an e-mail address, which Spotify no longer provides. The owner of this app allows users "
        "without an email in the Supabase dashboard under Authentication, Sign In / Providers, Spotify."
    ),
    "signup_disabled": (
        "New listeners may not sign in here: “Allow new users to sign up” is off in the Supabase dashboard."
    ),
    "redirect": (
        "Supabase brought you back to the wrong page, so the sign-in was not completed. The owner of this app adds its "
        "address with /callback to the redirect URLs in the Supabase dashboard under Authentication, URL Configuration."
    ),
    "too_often": "There were too many sign-ins from your network. Please wait a minute and try again.",
    "storage": "Nobody can sign in just now, because the store does not answer. Please try again in a minute.",
    "no_room": (
        "Your account has no room for what was brought in here before you signed in. Download it on the Account page, "
        "erase it there, and sign in again."
    ),
    "half_out": (
        "This browser is logged out. The store did not answer, so the session could not be ended there too; it ends by "
        "itself within 30 days."
    ),
    "settings": (
        "Nobody can sign in because of a setting of this server. Its owner finds out which with “tonearm doctor”."
    ),
    "not_configured": "No Spotify app is configured here, so nobody can sign in. The README says how to add one.",
}
"""Sentence by code. The screens show it at `/?login=<code>`."""

UNKNOWN: Final = "Sign-in was not completed. Please try again."


def sentence(code: str) -> str:
    """The sentence for a code; a general one for codes this app does not issue (the address bar is anybody's)."""
    return SENTENCES.get(code, UNKNOWN)
