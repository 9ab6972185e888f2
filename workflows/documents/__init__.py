"""What leaves Pepway on paper: which documents there are, for whom, and what each then holds."""
