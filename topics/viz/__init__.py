"""Charts: records in, Altair charts out; static SVG for reports."""
