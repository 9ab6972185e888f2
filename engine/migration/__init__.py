"""Running cases move to another release of their procedure: looked at before, and undone after."""
