"""Runs an ASGI app as a real HTTP server on 127.0.0.1, in a thread, on a free port."""

import socket
import threading
import time

import uvicorn


class Loopback:
    """One server. `url` has no trailing slash; it answers from `start` to `stop`."""

    def __init__(self, app, port=0):
        # asyncio sends without delay only where the protocol is named; otherwise every second answer takes 40 ms.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self.port = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            proxy_headers=False,
            timeout_graceful_shutdown=1,
            timeout_keep_alive=75,  # as gateways do: longer than any client here keeps an idle connection
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)

    def start(self):
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError(f"The fake on {self.url} did not start.")
            time.sleep(0.005)
        return self

    def stop(self):
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self._socket.close()
