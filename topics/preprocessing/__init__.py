"""Corpus in, counts and vectors out."""
