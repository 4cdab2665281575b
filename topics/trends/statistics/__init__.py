"""Trend statistics, one module each with a `STATISTIC`."""
