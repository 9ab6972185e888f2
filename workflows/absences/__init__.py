"""Who is away, who stands in for them, and what that opens and moves."""
