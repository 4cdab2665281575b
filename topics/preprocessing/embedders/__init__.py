"""Ways to make document vectors; each module holds the constant `EMBEDDER`."""
