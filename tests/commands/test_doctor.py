"""The doctor takes every step of the set-up and names the one that fails, with what to change."""

import os

import pytest
from click.testing import CliRunner
from starlette.responses import HTMLResponse

from recsys.commands.doctor import command
from recsys.storage.hosted.checkup import FUNCTIONS, TABLES
from tests.database.gateway.server import running_gateway
from tests.fakes.loopback import Loopback

APP_SECRET = "a secret for tests, long enough to be one"
SIGNATURES = (
    "select proname, proargnames from pg_proc "
    "where pronamespace = 'public'::regnamespace and prorettype <> 'trigger'::regtype"
)


@pytest.fixture
def doctor(monkeypatch, tmp_path):
    """A function: run the doctor with settings. Gives the exit status and what was said."""
    monkeypatch.setattr("recsys.settings.SECRETS", tmp_path / "none.toml")
    monkeypatch.setenv("TONEARM_DATA", str(tmp_path / "data"))

    def doctor(**settings):
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        answer = CliRunner().invoke(command)
        assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
        return answer.exit_code, answer.output

    return doctor


def failures(said):
    """The steps that failed."""
    return [line.removeprefix("FAIL  ") for line in said.splitlines() if line.startswith("FAIL")]


# Without Supabase


def test_a_fresh_machine_is_in_order(doctor, tmp_path):
    status, said = doctor()

    assert (status, failures(said)) == (0, [])
    assert "no Spotify app is configured; the demo and files work without" in said
    assert "the invented one" in said
    assert (tmp_path / "data" / "secret.key").stat().st_mode & 0o077 == 0


def test_a_data_folder_that_is_a_file_fails_and_the_rest_is_not_checked(doctor, tmp_path):
    (tmp_path / "data").write_text("in the way")

    status, said = doctor()

    assert (status, failures(said)) == (2, ["the data folder can be written"])
    assert "TONEARM_DATA" in said
    assert "the embedded store can be opened (not checked)" in said


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ("{folder}", "is a folder"),
        ("{folder}/words.txt", "has no column"),
        ("ftp://songs.example/all.csv?key=secret", "songs.example/all.csv must be a file, or begin with https://"),
        ("http://127.0.0.1:1/songs.csv", "127.0.0.1/songs.csv cannot be reached"),
    ],
)
def test_a_catalogue_that_cannot_be_read_fails(doctor, tmp_path, named, sentence):
    (tmp_path / "words.txt").write_text("some words\nand others\n")

    status, said = doctor(TONEARM_CATALOGUE=named.format(folder=tmp_path))

    assert (status, failures(said)) == (2, ["there is a catalogue"])
    assert sentence in said and "Correct TONEARM_CATALOGUE, or install another" in said
    assert "secret" not in said.replace("secret.key", "")


def test_a_catalogue_that_is_there_is_counted_and_one_that_is_not_yet_is_named(doctor, tmp_path):
    (tmp_path / "songs.csv").write_text("title,artist,energy\nBlue,Ann,0.5\nRed,Bo,0.4\n")

    _, there = doctor(TONEARM_CATALOGUE=str(tmp_path / "songs.csv"))
    status, not_yet = doctor(TONEARM_CATALOGUE=str(tmp_path / "later.parquet"))

    assert f"there is a catalogue: {tmp_path / 'songs.csv'}, 2 tracks" in there
    assert status == 0
    assert f"because TONEARM_CATALOGUE names {tmp_path / 'later.parquet'}, which does not exist yet" in not_yet


@pytest.mark.skipif(os.name != "posix", reason="Only POSIX has modes of files.")
def test_a_key_others_can_read_fails(doctor, tmp_path):
    doctor()
    (tmp_path / "data" / "secret.key").chmod(0o644)

    status, said = doctor()

    assert (status, failures(said)) == (2, ["the key that encrypts tokens is safe"])
    assert "chmod 600" in said


def test_a_key_that_is_too_short_fails(doctor):
    status, said = doctor(APP_SECRET_KEY="short")

    assert (status, failures(said)) == (2, ["the key that encrypts tokens is safe"])
    assert "openssl rand" in said


def test_a_file_that_is_not_a_database_fails(doctor, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "tonearm.db").write_bytes(b"not a database" * 100)

    status, said = doctor()

    assert (status, failures(said)) == (2, ["the embedded store can be opened"])


def test_a_return_address_spotify_refuses_fails(doctor):
    status, said = doctor(SPOTIFY_CLIENT_ID="x", PUBLIC_URL="http://tonearm.example")

    assert (status, failures(said)) == (2, ["Spotify accepts the return address"])
    assert "https://" in said


# With Supabase


@pytest.fixture(scope="module")
def gateway(cluster, project):
    with running_gateway(
        cluster,
        cluster.copy(project, "examined"),
        spotify_accounts_url="http://spotify.invalid",
        spotify_client_id="our app",
    ) as gateway:
        yield gateway


@pytest.fixture
def settings(gateway):
    """Settings that fit the gateway."""
    return {
        "SUPABASE_URL": gateway.url,
        "SUPABASE_PUBLISHABLE_KEY": gateway.project.publishable_key,
        "SUPABASE_SECRET_KEY": gateway.project.secret_key,
        "SPOTIFY_CLIENT_ID": "our app",
        "SPOTIFY_CLIENT_SECRET": "its secret",
        "APP_SECRET_KEY": APP_SECRET,
    }


def test_a_project_that_is_set_up_is_in_order(doctor, settings):
    status, said = doctor(**settings)

    assert (status, failures(said)) == (0, [])
    assert said.count("  ok  ") == 18
    assert "Everything is in order." in said


def test_no_key_is_ever_printed(doctor, settings):
    _, said = doctor(**settings)
    _, wrong = doctor(**settings | {"SUPABASE_SECRET_KEY": "sb_secret_wrong"})

    for key in ("SUPABASE_PUBLISHABLE_KEY", "SUPABASE_SECRET_KEY", "SPOTIFY_CLIENT_SECRET", "APP_SECRET_KEY"):
        assert settings[key] not in said + wrong
    assert "sb_secret_wrong" not in wrong


@pytest.mark.parametrize(
    ("changed", "step", "remedy"),
    [
        ({"SUPABASE_URL": "http://127.0.0.1:9"}, "Supabase answers at SUPABASE_URL", "paused"),
        ({"SUPABASE_PUBLISHABLE_KEY": "sb_publishable_wrong"}, "SUPABASE_PUBLISHABLE_KEY is accepted", "API Keys"),
        ({"SUPABASE_PUBLISHABLE_KEY": "sb_secret_test"}, "SUPABASE_PUBLISHABLE_KEY is accepted", "a secret key"),
        ({"SUPABASE_SECRET_KEY": "sb_secret_wrong"}, "SUPABASE_SECRET_KEY is accepted", "API Keys"),
        ({"SUPABASE_SECRET_KEY": "sb_publishable_test"}, "SUPABASE_SECRET_KEY is accepted", "secret one"),
        ({"SPOTIFY_CLIENT_SECRET": ""}, "Spotify can be connected", "SPOTIFY_CLIENT_SECRET"),
        (
            {"SPOTIFY_CLIENT_ID": "another app"},
            "Supabase uses the Spotify app of SPOTIFY_CLIENT_ID",
            "another Spotify app (our app)",
        ),
        ({"PUBLIC_URL": "https://tonearm.example"}, "browsers may come back to the app", "redirect URLs"),
    ],
    ids=lambda value: "" if isinstance(value, dict) else None,
)
def test_a_wrong_setting_fails_at_its_step(doctor, settings, changed, step, remedy):
    status, said = doctor(**settings | changed)

    assert (status, failures(said)) == (2, [step])
    assert remedy in said


@pytest.mark.parametrize(
    ("switch", "value", "step", "remedy"),
    [
        ("has_spotify", False, "Spotify is a way to sign in", "Switch on Spotify"),
        ("is_exposing_public", False, "the server may use every table", "exposed schemas"),
        ("has_email", True, "it is the only one", "Switch off email"),
        ("may_sign_up", False, "new listeners may sign in", "Allow new users to sign up"),
        ("is_confirming_email", True, "nobody has to confirm an e-mail address", "Confirm email"),
    ],
)
def test_a_wrong_switch_of_the_dashboard_fails_at_its_step(
    doctor, settings, gateway, monkeypatch, switch, value, step, remedy
):
    monkeypatch.setattr(gateway.project, switch, value)

    status, said = doctor(**settings)

    assert (status, failures(said)) == (2, [step])
    assert remedy in said


def test_an_address_that_is_listed_is_accepted(doctor, settings, gateway, monkeypatch):
    monkeypatch.setattr(gateway.project, "redirect_urls", ("https://tonearm.example/callback",))

    assert doctor(**settings, PUBLIC_URL="https://tonearm.example")[0] == 0


@pytest.mark.parametrize(
    ("statement", "step", "named"),
    [
        ("drop table public.plays cascade", "the migrations are applied", "plays"),
        ("drop table public.recipes cascade", "the migrations are applied", "db push --remote"),
        ("drop function public.save_tracks", "the migrations are applied", "save_tracks"),
        ("revoke all on public.recipes from service_role", "the server may use every table", "recipes"),
        ("grant select on public.feedback to anon", "visitors may use no table", "feedback"),
    ],
)
def test_a_database_that_was_changed_fails_at_its_step(doctor, settings, cluster, project, statement, step, named):
    database = cluster.copy(project, "changed")
    with cluster.connect(database, "postgres") as connection:
        connection.execute(statement)

    with running_gateway(cluster, database, spotify_client_id="our app") as gateway:
        status, said = doctor(**settings | {"SUPABASE_URL": gateway.url})

    assert (status, failures(said)) == (2, [step])
    assert named in said


@pytest.mark.parametrize("status", [404, 200])
def test_an_address_that_is_not_supabase_fails(doctor, settings, status):
    server = Loopback(HTMLResponse("<h1>Not here</h1>", status)).start()
    status, said = doctor(**settings | {"SUPABASE_URL": server.url})
    server.stop()

    assert (status, failures(said)) == (2, ["Supabase answers at SUPABASE_URL"])
    assert "not a Supabase project" in said


def test_the_checkup_knows_every_table_and_function(cluster, project):
    with cluster.connect(cluster.copy(project, "listed"), "postgres") as connection:
        tables = {name for (name,) in connection.execute("select tablename from pg_tables where schemaname = 'public'")}
        functions = {name: tuple(arguments or ()) for name, arguments in connection.execute(SIGNATURES)}

    assert set(TABLES) == tables
    assert functions == FUNCTIONS
