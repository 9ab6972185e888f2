"""The list of cases: what may be asked of it, what it shows, views that are kept, files of it."""
