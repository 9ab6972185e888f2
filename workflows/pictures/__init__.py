"""Drawings and photos beside the answers of a task, drawn anew before they are kept."""
