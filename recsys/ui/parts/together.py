"""What is drawn in several places reaches the browser at once."""

from collections.abc import Iterator
from contextlib import contextmanager

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx


@contextmanager
def sent_together() -> Iterator[None]:
    """
    Hold back what is drawn in here until the end.

    Streamlit's server sends a message as soon as its thread gets to run and whatever follows at least 5 ms later, in a
    round of its own, and a browser draws the page once for each round. Between two components its thread does get to
    run, because hashing their data lets go of the interpreter.
    """
    context = get_script_run_ctx()
    if context is None:
        yield
        return
    send, held = context._enqueue, list[ForwardMsg]()
    context._enqueue = held.append
    try:
        yield
    finally:
        context._enqueue = send
        for message in held:
            send(message)
