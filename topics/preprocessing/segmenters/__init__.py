"""How running text is cut into words, one module each with a `SEGMENTER`."""
