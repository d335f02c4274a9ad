"""
A process that has imported the app and forks: for each line of JSON it starts a copy and prints its process id.

It ends when its input does.
"""

import json
import os
import signal
import sys

from streamlit.web.cli import main

import recsys.app.container
import recsys.web.routes  # noqa: F401  a start of the app spends most of its time on these two imports


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
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no copy that ended is left as a zombie
    for line in sys.stdin:
        if pid := os.fork():
            print(pid, flush=True)
        else:
            become(**json.loads(line))
