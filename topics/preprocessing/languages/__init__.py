"""Languages, one module each with a `LANGUAGE`."""
