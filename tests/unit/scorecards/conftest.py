import importlib.util
import sys
from pathlib import Path

# importlib mode keeps test folders out of the path; the builders are shared by name
_spec = importlib.util.spec_from_file_location(
    "scorecard_conversations", Path(__file__).with_name("conversations.py")
)
if _spec is None or _spec.loader is None:
    raise ImportError("conversations.py of the scorecard tests cannot be loaded")
_module = importlib.util.module_from_spec(_spec)
sys.modules["scorecard_conversations"] = _module
_spec.loader.exec_module(_module)
