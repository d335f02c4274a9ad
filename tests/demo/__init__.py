"""Tests of the invented listeners and the invented catalogue."""
