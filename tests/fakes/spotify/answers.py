"""How the fake Web API lets callers in, and how it refuses them."""

from starlette.responses import JSONResponse, PlainTextResponse, Response

from tests.fakes.faults import NOT_REGISTERED, PREMIUM_REQUIRED

MUST_SIGN_IN = 'Bearer realm="spotify", error="invalid_token", error_description="Invalid access token"'


class Refused(Exception):
    """Becomes `{"error": {"status": …, "message": …}}`."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status, self.message = status, message

    def response(self):
        headers = {"www-authenticate": MUST_SIGN_IN} if self.status == 401 else None
        return JSONResponse({"error": {"status": self.status, "message": self.message}}, self.status, headers)


def signed_in(fake, scope, handler):
    """A route that knows who asks and whether they may; `scope` may list several, of which one is enough."""

    async def route(request) -> Response:
        try:
            right = _right(fake, request)
            if not fake.owner_has_premium:
                return PlainTextResponse(PREMIUM_REQUIRED, 403)
            listener = fake.listeners[right.listener]
            if not listener.is_registered:
                return PlainTextResponse(NOT_REGISTERED, 403)
            if scope and not set(scope.split()) & set(right.scope.split()):
                raise Refused(403, "Insufficient client scope")
            return await handler(fake, request, listener)
        except Refused as refused:
            return refused.response()

    return route


def _right(fake, request):
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    right = fake.access_tokens.get(token)
    if right is None or fake.now() >= right.ends_at:
        raise Refused(401, "Missing/invalid/expired access token")
    return right


def bounded(request, name, low, high, usual=None):
    """A whole number from the address, within its limits."""
    given = request.query_params.get(name, str(low if usual is None else usual))
    if not given.isdigit() or not low <= int(given) <= high:
        raise Refused(400, f"Invalid {name}")
    return int(given)


def limited(request, most=50, usual=20):
    return bounded(request, "limit", 1, most, usual)


async def removed(fake, request, listener):
    """What an app made after February 2026 gets on a route that is gone."""
    raise Refused(403, "Forbidden")


async def unknown(fake, request, listener):
    raise Refused(404, "Service not found")
