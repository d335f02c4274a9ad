"""The gateway as a server on a free port, in a thread of the tests."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from tests.database.gateway.accounts import Accounts
from tests.database.gateway.auth import Auth
from tests.database.gateway.connections import Connections
from tests.database.gateway.refusals import Refused
from tests.database.gateway.rest import Rest
from tests.database.gateway.settings import Project
from tests.database.gateway.spotify_provider import SpotifyProvider
from tests.database.postgres import Cluster
from tests.fakes.loopback import Loopback

METHODS = ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"]


@dataclass
class Gateway:
    """
    A project that answers at `url`.

    Attributes
    ----------
    project : Project
        Its settings; may be changed while it runs.
    auth, accounts
        Its Auth half, for tests that need a listener without a browser.
    """

    project: Project
    accounts: Accounts
    auth: Auth = field(repr=False)

    @property
    def url(self) -> str:
        """What `SUPABASE_URL` is set to."""
        return self.project.url

    def listener(self, name: str) -> str:
        """Make a user as a first sign-in through Spotify would; the user's id. Of one name there may be many."""
        spotify_id = f"{name}-{secrets.token_hex(8)}"
        return self.accounts.add(None, {"provider_id": spotify_id, "full_name": name}, spotify_id)

    def access_token(self, user_id: str) -> str:
        """A valid access token of a user."""
        return self.auth.session(user_id)["access_token"]


@contextmanager
def running_gateway(
    cluster: Cluster, database: str, around: Callable[[ASGIApp], ASGIApp] = lambda app: app, **settings: Any
) -> Iterator[Gateway]:
    """Serve a database whose migrations are applied, `around` wrapped about what answers. Ends with the block."""
    project = Project(**settings)
    rest = Connections(cluster.dsn(database, "authenticator"))
    admin = Connections(cluster.dsn(database, "supabase_auth_admin"))
    accounts = Accounts(admin, project)
    auth = Auth(project, accounts, SpotifyProvider(project, accounts))
    server = Loopback(around(_app(Rest(project, rest), auth)))
    project.url = server.url
    server.start()
    try:
        yield Gateway(project, accounts, auth)
    finally:
        server.stop()
        rest.close()
        admin.close()


def _app(rest: Rest, auth: Auth) -> Starlette:
    async def answer_rest(request: Request) -> Any:
        return await rest(request)

    async def answer_auth(request: Request) -> Any:
        return await auth(request)

    async def refuse(_: Request, refused: Refused) -> JSONResponse:
        return JSONResponse(refused.body, refused.status)

    routes = [
        Route("/rest/v1/{path:path}", answer_rest, methods=METHODS),
        Route("/auth/v1/{path:path}", answer_auth, methods=METHODS),
    ]
    return Starlette(routes=routes, exception_handlers={Refused: refuse})
