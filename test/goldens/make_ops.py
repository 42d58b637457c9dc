"""Goldens of every operation, forward and backward: `python3 test/goldens/make_ops.py` writes ops.json.

A case is one call: {name, call, args, inputs, requiresGrad, outputs, gradOutputs, grads, exact}. An input is a tensor
or a plain number. `args` are torch's keyword arguments. `exact` holds outputs and gradients of the same float32 inputs
computed in float64, so that the library's rounding error can be held against torch's; a null in it says that torch's
own value is exact (or not float32). The cases are in ops_*.py, a file per family.
"""

import ops_activation  # noqa: F401
import ops_creation  # noqa: F401
import ops_elementwise  # noqa: F401
import ops_indexing  # noqa: F401
import ops_loss  # noqa: F401
import ops_movement  # noqa: F401
import ops_network  # noqa: F401
import ops_ordering  # noqa: F401
import ops_reduce  # noqa: F401
from _case import cases
from _golden import write

seen = {}
for entry in cases:  # a name twice gets a number, so that every test has its own
    seen[entry["name"]] = seen.get(entry["name"], 0) + 1
    if seen[entry["name"]] > 1:
        entry["name"] += f" #{seen[entry['name']]}"
write("ops.json", cases=cases)
