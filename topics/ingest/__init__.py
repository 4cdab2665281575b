"""Files in, corpus out: readers, cleaning, dates, languages, duplicates, store."""
