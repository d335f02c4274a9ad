"""The REST half of the test gateway answers supabase-py as PostgREST does, and says 501 to what it does not know."""

import httpx
import pytest
from postgrest import CountMethod, ReturnMethod
from postgrest.exceptions import APIError
from supabase import Client, ClientOptions, create_client


@pytest.fixture(scope="module")
def client(gateway):
    """A function: supabase-py with a key, and the token of a listener."""
    with httpx.Client(http2=False) as shared:

        def client(key, token=None) -> Client:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            quiet = {"auto_refresh_token": False, "persist_session": False}
            return create_client(gateway.url, key, ClientOptions(**quiet, headers=headers, httpx_client=shared))

        yield client


@pytest.fixture
def people(gateway):
    """Two new listeners: name -> user id."""
    return {name: gateway.listener(name) for name in ("ada", "grace")}


@pytest.fixture
def ada(client, gateway, people):
    return client(gateway.project.publishable_key, gateway.access_token(people["ada"]))


@pytest.fixture
def grace(client, gateway, people):
    return client(gateway.project.publishable_key, gateway.access_token(people["grace"]))


@pytest.fixture
def server(client, gateway):
    return client(gateway.project.secret_key)


@pytest.fixture
def visitor(client, gateway):
    return client(gateway.project.publishable_key)


def state(user_id, key, **value):
    return {"user_id": user_id, "key": key, "value": value}


@pytest.fixture
def states(ada, people):
    """Ada's rows a, b and c of `sync_state`."""
    rows = [state(people["ada"], key, place=place) for place, key in enumerate("abc")]
    ada.table("sync_state").insert(rows).execute()
    return ada.table("sync_state")


def keys(answer):
    return [row["key"] for row in answer.data]


def refusal(query):
    with pytest.raises(APIError) as refused:
        query.execute()
    return refused.value


# Reading


def test_rows_come_as_they_were_written(states, people):
    first = states.select("*").order("key").limit(1).execute()

    assert first.data == [state(people["ada"], "a", place=0)]


def test_columns_can_be_chosen(states):
    assert states.select("key", "user_id").eq("key", "a").execute().data[0].keys() == {"key", "user_id"}


@pytest.mark.parametrize(
    ("operator", "value", "found"),
    [("eq", "b", "b"), ("neq", "b", "ac"), ("gt", "b", "c"), ("gte", "b", "bc"), ("lt", "b", "a"), ("lte", "b", "ab")],
)
def test_every_comparison_compares(states, operator, value, found):
    assert keys(getattr(states.select("key"), operator)("key", value).order("key").execute()) == list(found)


def test_a_comparison_can_be_turned_round(states):
    assert keys(states.select("key").not_.eq("key", "b").order("key").execute()) == ["a", "c"]


def test_a_json_value_can_be_compared(states):
    assert keys(states.select("key").eq("value", {"place": 1}).execute()) == ["b"]


def test_one_of_several_and_none_of_several(states):
    assert keys(states.select("key").in_("key", ["a", "c", "x"]).order("key").execute()) == ["a", "c"]
    assert keys(states.select("key").in_("key", []).execute()) == []


def test_conditions_can_be_joined_by_or_with_quoted_values(states, ada, people):
    ada.table("sync_state").insert(state(people["ada"], 'a,"b" (c).\\d')).execute()
    wanted = 'key.eq."a,\\"b\\" (c).\\\\d",and(key.gt.b,key.lt.d)'

    assert keys(states.select("key").or_(wanted).order("key").execute()) == ['a,"b" (c).\\d', "c"]


def test_null_is_asked_for_with_is(ada, people):
    rows = [{"spotify_track_id": key, "origin": "top", "seen_at": "2026-01-01T00:00:00Z"} for key in "ab"]
    ada.rpc("save_origins", {"rows": [rows[0], {**rows[1], "rank": 3}]}).execute()
    origins = ada.table("track_origins")

    assert [row["spotify_track_id"] for row in origins.select("*").is_("rank", None).execute().data] == ["a"]
    assert [row["spotify_track_id"] for row in origins.select("*").not_.is_("rank", None).execute().data] == ["b"]


def test_rows_are_ordered_and_paged(states):
    assert keys(states.select("key").order("key", desc=True).limit(2).execute()) == ["c", "b"]
    assert keys(states.select("key").order("key").range(1, 2).execute()) == ["b", "c"]


def test_rows_are_counted_with_and_without_being_read(states):
    assert states.select("*", count=CountMethod.exact, head=True).execute().count == 3
    counted = states.select("key", count=CountMethod.exact).order("key").limit(2).execute()
    assert (counted.count, keys(counted)) == (3, ["a", "b"])


def test_no_answer_holds_more_rows_than_the_project_allows(gateway, states, monkeypatch):
    monkeypatch.setattr(gateway.project, "max_rows", 2)

    assert keys(states.select("key").order("key").limit(100).execute()) == ["a", "b"]


# Writing


def test_an_insert_can_give_back_what_was_written(ada, people):
    written = ada.table("sync_state").insert(state(people["ada"], "new")).execute()

    assert written.data == [state(people["ada"], "new")]


def test_an_upsert_sets_what_is_given_and_null_where_a_row_of_many_lacks_a_key(server, people):
    shown = {"user_id": people["ada"], "spotify_id": "x", "display_name": "Ada"}
    server.table("profiles").upsert(shown).execute()
    server.table("profiles").upsert({"user_id": people["ada"], "avatar_url": "https://i.scdn.co/1"}).execute()
    stored = server.table("profiles").select("*").eq("user_id", people["ada"]).execute().data[0]
    assert stored == {**shown, "avatar_url": "https://i.scdn.co/1"}

    many = [{"user_id": people["ada"], "display_name": "A."}, {"user_id": people["grace"], "avatar_url": "y"}]
    server.table("profiles").upsert(many).execute()

    stored = server.table("profiles").select("*").eq("user_id", people["ada"]).execute().data[0]
    assert (stored["display_name"], stored["avatar_url"], stored["spotify_id"]) == ("A.", None, "x")


def test_an_upsert_that_ignores_duplicates_gives_back_new_rows_only(states, ada, people):
    rows = [state(people["ada"], "a", place=9), state(people["ada"], "z")]

    written = states.upsert(rows, on_conflict="user_id,key", ignore_duplicates=True).execute()

    assert keys(written) == ["z"]


def test_an_update_changes_the_rows_it_names(states):
    changed = states.update({"value": {"place": 7}}).in_("key", ["a", "b"]).execute()

    assert [row["value"] for row in changed.data] == [{"place": 7}] * 2


def test_a_delete_removes_the_rows_it_names(states):
    removed = states.delete(count=CountMethod.exact, returning=ReturnMethod.minimal).neq("key", "b").execute()

    assert (removed.count, removed.data) == (2, [])
    assert keys(states.select("key").execute()) == ["b"]


def test_a_change_without_a_filter_is_refused(states, gateway, ada):
    assert refusal(states.delete()).code == "21000"
    assert refusal(states.update({"value": {}})).code == "21000"


# Functions


def test_a_function_is_called_with_its_arguments_by_name(ada):
    tracks = [{"spotify_track_id": "a", "name": "A", "artist": "X", "energy": 0.5}]

    assert ada.rpc("save_tracks", {"rows": tracks}).execute().data == {"added": 1, "updated": 0, "unchanged": 0}
    assert ada.rpc("library", {"after": "", "at_most": 10}).execute().data["energy"] == [0.5]
    assert ada.rpc("remove_tracks", {"track_ids": ["a", "b"]}).execute().data == 1
    assert ada.rpc("replace_recommendations", {"rows": []}).execute().data == []


def test_a_function_that_only_reads_cannot_write(cluster, gateway, ada):
    with cluster.connect("served", "postgres") as connection:
        connection.execute(
            "create function public.sly() returns bigint language plpgsql stable"
            " as 'begin execute ''delete from public.plays''; return 1; end'"
        )
        connection.execute("grant execute on function public.sly() to authenticated")

    assert refusal(ada.rpc("sly", {})).code in ("25006", "0A000")


def test_an_unknown_function_or_argument_is_not_found(ada):
    assert refusal(ada.rpc("nothing", {})).code == "PGRST202"
    assert refusal(ada.rpc("library", {"after": ""})).code == "PGRST202"


# Who may


def test_listeners_see_their_own_rows_also_without_a_filter(states, ada, grace, server, people):
    assert grace.table("sync_state").select("*").execute().data == []
    assert grace.table("sync_state").delete().eq("user_id", people["ada"]).execute().data == []
    assert len(server.table("sync_state").select("*").eq("user_id", people["ada"]).execute().data) == 3


def test_a_row_for_somebody_else_is_refused(grace, people):
    assert refusal(grace.table("sync_state").insert(state(people["ada"], "mine"))).code == "42501"


def test_tokens_are_for_the_server_only(ada, visitor, server):
    assert refusal(ada.table("spotify_tokens").select("*")).code == "42501"
    assert refusal(visitor.table("spotify_tokens").select("*")).code == "42501"
    assert server.table("spotify_tokens").select("*").execute().data == []


def test_a_listener_who_takes_too_long_is_stopped(cluster, gateway, ada):
    with cluster.connect("served", "postgres") as connection:
        connection.execute(
            "create function public.slow() returns bigint language sql volatile set statement_timeout = '50ms'"
            " as 'select count(*) from generate_series(1, 100000000)'"
        )
        connection.execute("grant execute on function public.slow() to authenticated")

    assert refusal(ada.rpc("slow", {})).code == "57014"


def ask(gateway, path, method="GET", token=None, **more):
    key = more.pop("key", gateway.project.publishable_key)
    headers = {"apikey": key, "Authorization": f"Bearer {token or key}", **more.pop("headers", {})}
    return httpx.request(method, f"{gateway.url}/rest/v1/{path}", headers=headers, **more)


def test_keys_and_tokens_are_checked(gateway, people, monkeypatch):
    token = gateway.access_token(people["ada"])

    assert ask(gateway, "plays", key="wrong").status_code == 401
    assert ask(gateway, "plays", token="not.a.token").json()["code"] == "PGRST301"
    assert ask(gateway, "plays", token=token[:-3] + "abc").json()["code"] == "PGRST301"
    assert ask(gateway, "plays", token=token).status_code == 200
    tomorrow = gateway.project.now() + 86_400
    monkeypatch.setattr(gateway.project, "now", lambda: tomorrow)
    assert ask(gateway, "plays", token=token).json()["code"] == "PGRST303"


def test_a_visitor_is_told_401_and_a_listener_403(gateway, people):
    assert ask(gateway, "plays").status_code == 401
    assert ask(gateway, "spotify_tokens", token=gateway.access_token(people["ada"])).status_code == 403


@pytest.mark.parametrize(
    ("table", "row", "status", "code"),
    [
        ("nothing", {"a": 1}, 404, "PGRST205"),
        ("profiles", {"nothing": 1}, 400, "PGRST204"),
        ("profiles", {"display_name": "nobody's"}, 400, "23502"),
        ("profiles", {"user_id": "not a uuid"}, 400, "22P02"),
        ("profiles", {"user_id": "00000000-0000-4000-8000-000000000000"}, 409, "23503"),
        ("app_state", {"key": "a", "value": "text"}, 400, "23514"),
    ],
)
def test_refusals_of_postgres_carry_its_code_and_the_status_of_postgrest(gateway, table, row, status, code):
    refused = ask(gateway, table, "POST", key=gateway.project.secret_key, json=row)

    assert (refused.status_code, refused.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("plays?select=*,profiles(*)", {}),
        ("plays?select=played_at::date", {}),
        ("plays?select=count()", {}),
        ("plays?played_at=fts.word", {}),
        ("plays?played_at=like.a*", {}),
        ("plays?value->>a=eq.1", {}),
        ("plays?order=played_at.sideways", {}),
        ("rpc/library?order=name", {}),
        ("plays", {"Accept": "text/csv"}),
        ("plays", {"Accept": "application/vnd.pgrst.object+json"}),
        ("plays", {"Prefer": "count=planned"}),
    ],
)
def test_what_it_does_not_know_it_does_not_guess(gateway, people, path, headers):
    body = {"method": "POST", "json": {"after": "", "at_most": 1}} if "rpc" in path else {}

    answer = ask(gateway, path, token=gateway.access_token(people["ada"]), headers=headers, **body)

    assert answer.status_code == 501, answer.text
