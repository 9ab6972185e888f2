"""What stands between a person and a child besides roles and involvements."""
