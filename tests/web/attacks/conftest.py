"""The town of `test_who_sees_what`, for the other tests of this folder."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
