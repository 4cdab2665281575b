"""Kinds of claims, one module each with a `CLAIM`."""
