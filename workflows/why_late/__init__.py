"""Why a case is late, told from what happened in it and held against what was expected. Steps are
judged, people never: roles come first, and no number is anybody's."""
