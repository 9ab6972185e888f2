"""The meeting at which a plan is agreed: its day, who is invited, whether it is quorate.

Booking, attendance and what is agreed are answers of the meeting's steps, in the record under
`meeting.`; this package says what they may be, and tells those who are invited.
"""
