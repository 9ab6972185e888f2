"""Signed plans that go to the case system, which holds the Care Plan, and its receipts.

A thing of its own beside `webhooks/`: those tell many programs what happened, by ids alone; this
hands one system of the council's a record. How it is signed, tried again and kept out of private
networks is the same.
"""
