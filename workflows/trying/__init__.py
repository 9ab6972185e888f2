"""Trying a draft of a procedure: on an invented child, on examples, on cases that are over."""
