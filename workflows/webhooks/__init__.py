"""Addresses of programs that are told what happens, by ids and kinds alone."""
