"""One listener's tab as Streamlit's server sees it: opens a page, moves the mixer, and reads all that comes back."""

import asyncio
import json
import random
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

OWN_TITLE = re.compile(rb"Own song (\d{3})-\d{4}")
"""Titles of these libraries name their listener; `tests.load.served` writes them."""

LONGEST_ANSWER_S = 120
MIXER, LIST, RADAR = "tonearm.mixer", "tonearm.list", "tonearm.radar"


@dataclass
class Listener:
    """
    One tab.

    `list_s` and `finished_s` are seconds from a move to the new list and to the end of the run, a value per move.
    `titles_of` counts titles of libraries that were received, by the number of the listener whose they are.
    """

    url: str
    session_id: str
    list_s: list[float] = field(default_factory=list)
    finished_s: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    titles_of: Counter[int] = field(default_factory=Counter)
    received: int = 0
    page: str = ""
    _hash: str = ""
    _ids: dict[str, str] = field(default_factory=dict)
    _fragments: dict[str, str] = field(default_factory=dict)
    _data: dict[str, dict] = field(default_factory=dict)
    _cached: dict[str, ForwardMsg] = field(default_factory=dict)
    _socket: ClientConnection | None = None

    async def open(self, page: str) -> float:
        """Open a page in a new tab; seconds until it is drawn."""
        begin = time.perf_counter()
        self.page = page
        self._socket = await connect(
            f"ws://{urlsplit(self.url).netloc}/_stcore/stream",
            subprotocols=["streamlit"],
            additional_headers={"Cookie": f"tonearm={self.session_id}", "Origin": self.url},
            max_size=None,
            open_timeout=LONGEST_ANSWER_S,
            compression=None,
            ping_interval=None,
        )
        await self._send(BackMsg())
        await self._until_finished(begin)
        return time.perf_counter() - begin

    async def close(self) -> None:
        """Close the tab."""
        if self._socket:
            await self._socket.close()

    async def act(self, component: str, event: str, value: object) -> tuple[float | None, float]:
        """What a component of the page sends; seconds until the next list, None where none came, and until the end."""
        return await self._act(self._ids[component], event, value)

    async def _act(self, drawn: str, event: str, value: object) -> tuple[float | None, float]:
        message = BackMsg()
        widget = message.rerun_script.widget_states.widgets.add()
        widget.id = f"$$STREAMLIT_INTERNAL_KEY_{drawn}__events"
        widget.json_trigger_value = json.dumps([{"event": event, "value": value}])
        for base in self._fragments:  # as the browser does: the state of every component, which is empty here
            state = message.rerun_script.widget_states.widgets.add()
            state.id, state.json_value = base, "{}"
        message.rerun_script.fragment_id = self._fragments[drawn]
        message.rerun_script.page_script_hash = self._hash
        begin = time.perf_counter()
        await self._send(message)
        return await self._until_finished(begin)

    async def move(self) -> None:
        """Move one slider of the mixer to another place, as a listener does, and wait for the list."""
        features = [one for one in self._data[MIXER]["features"] if not one["disabled"]]
        one = random.choice(features)
        value = random.choice([value for level, value in enumerate(one["levels"]) if level != one["level"]])
        serial = self._data[LIST]["serial"]
        first, last = await self.act(MIXER, "move", {"aims": {}, "weights": {one["name"]: value}})
        self.finished_s.append(last)
        if first is None or self._data[LIST]["serial"] != serial + 1:
            self.errors.append("a move that no list answered")
        else:
            self.list_s.append(first)

    async def explain_first(self) -> None:
        """Open the reasons of the first song: they name songs of the listener's own."""
        await self.act(LIST, "action", {"kind": "explain", "track": self._data[LIST]["rows"][0]["id"]})

    async def see_all(self) -> None:
        """Scroll through Taste: the tastes, which name own songs, and every piece that is drawn once it is seen."""
        await self.act(RADAR, "ask", True)
        for place in [drawn for drawn in self._fragments if drawn.endswith("_place")]:
            await self._act(place, "seen", True)

    async def move_until(self, end: float, think_s: float) -> None:
        """Move again and again, thinking between two moves; `end` is a `time.monotonic`."""
        await asyncio.sleep(random.uniform(0, think_s))
        while time.monotonic() < end:
            await self.move()
            await asyncio.sleep(random.uniform(0.5 * think_s, 1.5 * think_s))

    async def _send(self, message: BackMsg) -> None:
        assert self._socket
        asked = message.rerun_script
        if not asked.fragment_id:
            asked.page_name = self.page
        asked.context_info.url = f"{self.url}/{self.page}"
        asked.context_info.timezone, asked.context_info.locale = "UTC", "en-US"
        await self._socket.send(message.SerializeToString())

    async def _until_finished(self, begin: float) -> tuple[float | None, float]:
        assert self._socket
        listed_s = None
        while True:
            raw = await asyncio.wait_for(self._socket.recv(), LONGEST_ANSWER_S)
            assert isinstance(raw, bytes)
            self.received += len(raw)
            self.titles_of.update(int(number) for number in OWN_TITLE.findall(raw))
            message = ForwardMsg.FromString(raw)
            if message.WhichOneof("type") == "ref_hash":
                message = self._cached[message.ref_hash]
            elif message.metadata.cacheable:
                self._cached[message.hash] = message
            if self._take(message) == LIST and listed_s is None:
                listed_s = time.perf_counter() - begin
            if message.WhichOneof("type") == "script_finished":
                return listed_s, time.perf_counter() - begin

    def _take(self, message: ForwardMsg) -> str:
        """Remember what the next move needs; the name of the component that was drawn, if it was one."""
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._hash = message.new_session.page_script_hash or self._hash
        if kind == "navigation":  # a page opened by its address is named here alone
            self._hash = message.navigation.page_script_hash or self._hash
        if kind != "delta" or message.delta.WhichOneof("type") != "new_element":
            return ""
        element = message.delta.new_element
        if element.WhichOneof("type") == "exception":
            self.errors.append(f"exception: {element.exception.message[:100]}")
        if element.WhichOneof("type") == "alert" and element.alert.format == element.alert.Format.ERROR:
            self.errors.append(f"alert: {element.alert.body[:100]}")
        if element.WhichOneof("type") != "bidi_component":
            return ""
        component = element.bidi_component
        self._ids[component.component_name] = component.id
        self._fragments[component.id] = message.delta.fragment_id
        if component.component_name in (MIXER, LIST):
            self._data[component.component_name] = json.loads(component.json or component.mixed.json)
        return component.component_name
