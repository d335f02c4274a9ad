"""Interactive documentation of the API at `/api/docs`: Swagger UI from this server's own files, without inline script.

FastAPI's own page loads Swagger UI from a content delivery network and starts it with an inline script, and the
Content-Security-Policy allows neither.
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tonearm for programs</title>
<link rel="icon" href="/favicon.png">
<link rel="stylesheet" href="/api/docs/files/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/api/docs/files/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
"""
START: Final = """SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null  // a public validator of Swagger's, which nobody asked for
});
"""


def docs_routes() -> list[BaseRoute]:
    """The page, the script that starts it, and the files of Swagger UI from the package `fastapi-offline`."""
    return [
        Route("/api/docs", _page),
        Route("/api/docs/start.js", _start),
        Mount("/api/docs/files", StaticFiles(packages=[("fastapi_offline", "static")])),
    ]


async def _page(_: Request) -> Response:
    return HTMLResponse(PAGE)


async def _start(_: Request) -> Response:
    return Response(START, media_type="text/javascript")
