"""Topic models, one module each with a `MODEL`."""
