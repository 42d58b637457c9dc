"""Bytes on disk of torch: its package, and the shared libraries it loads from elsewhere."""
import os

import torch


def installed():
    files = set()
    for folder, _, names in os.walk(os.path.dirname(torch.__file__)):
        files.update(os.path.realpath(os.path.join(folder, name)) for name in names)
    try:
        with open("/proc/self/maps") as maps:
            loaded = {line.split()[-1] for line in maps if "/libtorch" in line or "/libc10" in line}
        files.update(os.path.realpath(path) for path in loaded)
    except OSError:
        pass
    return sum(os.path.getsize(file) for file in files if os.path.isfile(file))
