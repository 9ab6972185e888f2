"""What information governance is asked: the forms of its pages."""
