"""Shares over periods, their uncertainty, and what can be said of them."""
