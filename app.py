"""The server: Tonearm's screens with HTTP routes beside them. Run with `streamlit run app.py`."""

import os

# Before numpy and scikit-learn: on small machines a second thread only spins (median of ten pairs: Taste opens in 5.0 s
# instead of 6.1).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import chain
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from recsys.app import logs
from recsys.app.container import Container, start
from recsys.app.memory import limit_arenas
from recsys.app.no_delay import send_without_delay
from recsys.auth.encryption import app_secret
from recsys.errors import SettingsProblem, StorageProblem
from recsys.settings import Settings
from recsys.ui.components import register
from recsys.ui.first_modules import FIRST, first_modules
from recsys.ui.left_pages import LeftPages
from recsys.ui.left_tabs import free_left_tabs
from recsys.ui.parts.upload import held_bytes
from recsys.web.routes import middleware, routes


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Load the catalogue before the first visitor, then let garbage collection skip all that never changes.

    Frozen objects are not scanned. What listeners leave behind is collected at quiet moments (`QuietCollection`).
    """
    send_without_delay(asyncio.get_running_loop())
    register(*chain.from_iterable(FIRST.values()))  # browsers ask for them before a run mounts them
    container.warm_up()
    gc.collect()
    gc.freeze()
    left_tabs = asyncio.create_task(free_left_tabs())
    yield
    left_tabs.cancel()
    container.close()


@contextmanager
def or_exit() -> Iterator[None]:
    """The server does not start with a wrong setting, or where it cannot write, and says which."""
    try:
        yield
    except (SettingsProblem, StorageProblem) as problem:
        sys.exit(f"Tonearm cannot start. {problem}")


limit_arenas()  # where MALLOC_ARENA_MAX does not, which comes before Streamlit's first threads
index = Path(st.__file__).parent / "static" / "index.html"
page = index.read_text("utf-8")
screens = Path(__file__).resolve().parent / "recsys" / "ui"
with or_exit():
    if st.get_option("server.baseUrlPath"):
        raise SettingsProblem(
            "server.baseUrlPath must be empty: cookies, sign-in and the API need the root of a host. Give Tonearm "
            "a host name of its own, such as music.example.org instead of example.org/music."
        )
    settings = Settings.from_environment()
    logs.configure(key=app_secret(settings.app_secret_key, settings.data_folder).encode())
    container = Container(settings)
    start(container)
    dependencies = container.dependencies(
        page=page,
        styles=(screens / "page.css").read_text("utf-8"),
        script=(screens / "page.js").read_text("utf-8"),
        modules=first_modules(page, index.parent),
        uploaded_bytes=held_bytes,
        largest_upload=st.get_option("server.maxUploadSize") << 20,
    )
app = st.App(
    screens / "main.py",
    lifespan=lifespan,
    routes=routes(dependencies),
    middleware=[*middleware(dependencies), Middleware(LeftPages)],
)
