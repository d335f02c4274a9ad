"""
What every worker imports, imported once by the process that local workers are forked from.

Forked workers share these pages until one of them writes there. Garbage collection would write to every object, so it
leaves alone all that exists here (https://docs.python.org/3/library/gc.html#gc.freeze).

Ctrl-C reaches every process of a terminal. Workers leave it to the process that began them, which ends them.
"""

import gc
import logging
import signal

import distributed.nanny
import distributed.worker  # noqa: F401

import recsys.batch.evaluation
import recsys.batch.sharded_songs  # noqa: F401

# What a task raises reaches the client; a heartbeat that finds the scheduler gone at the end is no error.
logging.getLogger("distributed.worker").setLevel(logging.CRITICAL)
signal.signal(signal.SIGINT, signal.SIG_IGN)
gc.collect()
gc.freeze()
