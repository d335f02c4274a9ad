"""
A process that has imported the app and copies itself: a line of JSON asks for a copy, its process id is the answer.

It ends when its input does.
"""

import json
import os
import signal
import sys

from streamlit.web.cli import main

import recsys.app.container
import recsys.web.routes  # noqa: F401  both imports are what a start of the app spends most of its time on


def become(words, environment, log, folder):
    """Run Streamlit here as if this process had just been started; nothing imported above reads the environment."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for opened, at in ((os.open(os.devnull, os.O_RDONLY), (0,)), (os.open(log, os.O_WRONLY | os.O_APPEND), (1, 2))):
        for descriptor in at:
            os.dup2(opened, descriptor)
        os.close(opened)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[1:] = words
    main()


if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # so that a copy that ended is gone, without being waited for
    for line in sys.stdin:
        if pid := os.fork():
            print(pid, flush=True)
        else:
            become(**json.loads(line))
