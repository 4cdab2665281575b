"""The explorer: one file in which topics, themes and articles can be looked through."""
