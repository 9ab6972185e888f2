"""Changing a procedure as a list of its steps: what it says, what is asked, what will happen."""
