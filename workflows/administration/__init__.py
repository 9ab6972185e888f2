"""What an administrator keeps: people, teams, schools, calendars, settings. Nothing of a child."""
