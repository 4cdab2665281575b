"""When an article was published: structured fields first, then what the text says, never the clock."""
