"""Input formats, one module each with a `READER`."""
