"""Being told: what a message says, to whom it goes and how, and calendars of one's own deadlines.

No message and no calendar holds a child's name, school, address or anything else of a child: only
the reference of the case and a link, behind which `decide` is asked.
"""
