"""The tests of the wall share two modules that stand beside them: `walking` and `token_game`."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
