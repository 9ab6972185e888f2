"""What somebody may ask for who asks what is held about a child: the request, and the pack."""
