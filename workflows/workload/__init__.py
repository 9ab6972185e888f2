"""How much work people have, and work that is given to others."""
