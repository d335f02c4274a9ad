"""The parts of the recommend page."""
