"""All routes and middleware of the app, made for one deployment: `st.App(..., routes=…, middleware=…)`."""

from starlette.middleware import Middleware
from starlette.routing import Route

from recsys.web.api import Api
from recsys.web.canonical_host import OneAddress
from recsys.web.dependencies import Deployment
from recsys.web.guest_cookie import Visitors
from recsys.web.security_headers import SecurityHeaders
from recsys.web.sign_in import SignIn


def routes(deployment: Deployment) -> list[Route]:
    """The routes beside the screens. They stand before Streamlit's, so none may have the path of a page."""
    return [*SignIn(deployment).routes(), *Api(deployment).routes()]


def middleware(deployment: Deployment) -> list[Middleware]:
    """What every answer passes through, Streamlit's included."""
    return [
        Middleware(SecurityHeaders, page=deployment.page, is_https=deployment.is_https),
        Middleware(OneAddress, public_url=deployment.public_url),
        Middleware(Visitors, is_https=deployment.is_https),
    ]
