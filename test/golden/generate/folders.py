"""Where the golden values lie."""

from pathlib import Path

GOLDEN = Path(__file__).resolve().parent.parent
MODELS = GOLDEN / "models"
ADAPTERS = GOLDEN / "adapters"
CASES = GOLDEN / "cases"
