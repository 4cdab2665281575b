"""What in a text is not the article, one kind of evidence a module; `topics.ingest.cleaning` puts them together."""
