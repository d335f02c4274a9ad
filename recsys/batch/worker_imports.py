"""
What every worker imports, imported once by the process that local workers are forked from.

Forked workers share these pages until one of them writes there. Garbage collection would write to every object, so it
leaves alone all that exists here (https://docs.python.org/3/library/gc.html#gc.freeze).
"""

import gc

import distributed.nanny
import distributed.worker  # noqa: F401

import recsys.batch.evaluation
import recsys.batch.sharded_songs  # noqa: F401

gc.collect()
gc.freeze()
