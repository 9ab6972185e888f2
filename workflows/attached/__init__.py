"""Files that practitioners add to a child's plan: reports, assessments, parts of other plans."""
