"""What the twins print, for the test of the ports: `/usr/bin/python3 examples/ports/make_numbers.py` writes numbers.json.

`twin` is the SHA-256 of the twin's source, so that numbers of an older one are not taken for those of this one.
"""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
SHARED = {"tables.py", Path(__file__).name}

numbers = {}
for twin in sorted(path for path in FOLDER.glob("*.py") if path.name not in SHARED):
    printed = subprocess.run([sys.executable, "-B", twin], check=True, capture_output=True, text=True).stdout
    digest = hashlib.sha256(twin.read_bytes()).hexdigest()
    numbers[twin.stem] = {"twin": digest, "printed": printed.splitlines()}
    print(twin.stem, len(numbers[twin.stem]["printed"]), "lines")

(FOLDER / "numbers.json").write_text(json.dumps(numbers, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
