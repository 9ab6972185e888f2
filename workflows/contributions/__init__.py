"""What children, carers, parents and others say themselves, by a link and without an account."""
