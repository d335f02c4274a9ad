"""Invented listeners and an invented catalogue, generated from a seed. No name here belongs to anybody."""
