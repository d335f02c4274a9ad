"""Lists for many listeners at once, computed by Dask workers that share one prepared catalogue."""
