"""Goldens of every operation, forward and backward: `python3 test/goldens/make_ops.py` writes ops/*.json.

A case is one call: {name, call, args, inputs, requiresGrad, outputs, gradOutputs, grads, exact}. An input is a tensor
or a plain number. `args` are torch's keyword arguments. `exact` holds outputs and gradients of the same float32 inputs
computed in float64, so that the library's rounding error can be held against torch's; a null in it says that torch's
own value is exact (or not float32). The cases of ops/elementwise.json are in
ops_elementwise.py, and so on.
"""

from importlib import import_module

from _case import cases
from _golden import FOLDER, write

families, seen = {}, {}
for maker in sorted(FOLDER.glob("ops_*.py")):
    first = len(cases)
    import_module(maker.stem)
    families[maker.stem.removeprefix("ops_")] = cases[first:]
for entry in cases:  # a name twice gets a number, so that every test has its own
    seen[entry["name"]] = seen.get(entry["name"], 0) + 1
    if seen[entry["name"]] > 1:
        entry["name"] += f" #{seen[entry['name']]}"
for family, entries in families.items():
    write(f"ops/{family}.json", cases=entries)
