"""Themes in documents and in topics, with the sentences that show them."""
