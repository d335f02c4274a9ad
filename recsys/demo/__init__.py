"""Invented listeners and an invented catalogue, generated from a seed. No name here belongs to anybody."""

from typing import Final

DEMO_NOTE: Final = "demo data"
"""What every page and file made from the demo says about itself."""
