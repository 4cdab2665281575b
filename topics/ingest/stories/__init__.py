"""Copies of one text grouped into stories, and stories of one event told in two languages."""
