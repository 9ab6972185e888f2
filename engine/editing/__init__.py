"""Guided changes to a procedure's diagrams: from the files of a folder to the files it becomes."""
