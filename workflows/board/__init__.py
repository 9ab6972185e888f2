"""What managers see of all cases: where they are, what is late, what will be."""
