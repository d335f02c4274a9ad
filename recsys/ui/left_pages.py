"""Drops what a page still asks for after its listener has left it.

A click in the navigation and a move on the page before it can cross: the browser sends the move under the old
page's name until it hears of the new page. Streamlit 1.67 then announces a run of the old page, on which its browser
side clears the page it shows, and the part that should run is gone: the listener is left with an empty page.
"""

import logging

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

log = logging.getLogger(__name__)


class LeftPages:
    """Passes all but requests for parts of a page that its tab has left. Pure ASGI, for Streamlit's socket."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Watch the messages of one socket, which belongs to one tab."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        tab = Tab()

        async def current() -> Message:
            while tab.is_late(message := await receive()):
                log.info("A request of a page that its tab has left was dropped.")
            return message

        async def watched(message: Message) -> None:
            tab.answered(message)
            await send(message)

        await self.app(scope, current, watched)


class Tab:
    """Which page a tab shows, or has asked for, by the hash that Streamlit gives each page; "" before that is known."""

    def __init__(self) -> None:
        self.page = ""
        self.is_waiting = False

    def is_late(self, message: Message) -> bool:
        """Whether a message to the server asks for a part of another page than the tab's; notes a change of page."""
        try:
            asked = BackMsg.FromString(message.get("bytes") or b"")
        except DecodeError:
            return False  # for Streamlit to answer
        if not asked.HasField("rerun_script"):
            return False
        page = asked.rerun_script.page_script_hash
        if asked.rerun_script.fragment_id:
            return bool(self.page and page) and page != self.page
        self.page, self.is_waiting = page, bool(page)
        return False

    def answered(self, message: Message) -> None:
        """Note which page the server draws, also where it chose another one than was asked for."""
        answer = ForwardMsg.FromString(message.get("bytes") or b"")
        if answer.HasField("page_not_found"):
            self.page, self.is_waiting = "", False
        elif answer.HasField("new_session") or answer.HasField("navigation"):
            # A page opened by its address is named by the navigation alone: its run begins with the first page.
            announced = answer.new_session if answer.HasField("new_session") else answer.navigation
            drawn = announced.page_script_hash
            if not self.is_waiting or drawn == self.page:  # else a run that was under way when the listener left
                self.page, self.is_waiting = drawn, False
