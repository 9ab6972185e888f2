"""How long what Pepway holds is kept, what stops its destruction, and how it is destroyed."""
