"""Accounts of Pepway's own: passwords, second factors, links by mail, how often one may try.

Moments called `at` are the machine's, handed in: no phone keeps the demonstration's clock.
"""
