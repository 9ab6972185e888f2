"""Figures that managers read, counted beside the cases.

A board that counts years of cases at each look would be slow, and counting inside the action would
make everybody's work slow. So figures follow what has happened: the background reads the chain of
events, a few hundred at a time, and counts anew the children whom they are about (`following.py`).
A figure is never older than the chain, half a minute in all, and each page says as of when it is.

Nothing here is a source: `count_anew` throws all of it away and counts from the beginning.
"""
