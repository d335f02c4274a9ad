"""Who is calling: the key tells the project, the bearer token tells the listener."""

from dataclasses import dataclass
from typing import Any

import jwt
from starlette.requests import Request

from tests.database.gateway.refusals import Refused
from tests.database.gateway.settings import Project


@dataclass(frozen=True)
class Caller:
    """The database role of a request and the claims its statements run with."""

    role: str
    claims: dict[str, Any]


def caller(request: Request, project: Project) -> Caller:
    """The caller of a request. Raises `Refused` (401) for an unknown key and for a token that is not valid now."""
    roles = {project.publishable_key: "anon", project.secret_key: "service_role"}
    key = request.headers.get("apikey")
    if key not in roles:
        raise Refused(401, None, "Invalid API key", hint="Double check your Supabase `anon` or `service_role` API key.")
    token = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    if token in ("", key):
        return Caller(roles[key], {"role": roles[key]})
    claims = read_token(token, project)
    return Caller(claims["role"], claims)


def write_token(project: Project, **claims: Any) -> str:
    """A signed access token that is valid for `token_seconds` from now."""
    now = int(project.now())
    lasting = {"iat": now, "exp": now + project.token_seconds, "iss": f"{project.url}/auth/v1"}
    fixed = {"aud": "authenticated", "role": "authenticated", "aal": "aal1", "is_anonymous": False}
    return jwt.encode({**fixed, **lasting, **claims}, project.jwt_secret, "HS256")


def read_token(token: str, project: Project) -> dict[str, Any]:
    """The claims of an access token, or `Refused` as PostgREST refuses it."""
    unhurried = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}  # the project's clock decides
    try:
        claims = jwt.decode(token, project.jwt_secret, ["HS256"], audience="authenticated", options=unhurried)
    except jwt.PyJWTError as problem:
        raise Refused(401, "PGRST301", str(problem)) from problem
    if claims["exp"] <= project.now():
        raise Refused(401, "PGRST303", "JWT expired")
    return claims
