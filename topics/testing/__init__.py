"""Corpora whose truth is known, to try methods on."""
