"""Changes of a running case: one verb each, one declared table, one preview that cannot disagree.

`commands.py` is the table; `carrying_out.py` shows the form, previews and carries out; each other
module holds the verb of one change, and `forms/` what it asks.
"""
