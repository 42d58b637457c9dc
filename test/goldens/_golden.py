"""What every golden maker shares: seeded inputs, tensors as JSON, and one way to write a file.

Makers are run from anywhere as `python3 test/goldens/make_ops.py`; each writes the JSON file of the same name beside
it. Running one gives the same bytes each time and on every processor: one thread, fixed seeds, pinned libraries, no
timestamps.
"""

import base64
import json
import os
import pathlib
import sys
import sysconfig
import zlib

LIBRARIES = pathlib.Path("/usr/lib", sysconfig.get_config_var("MULTIARCH"))
# What the last bits of a result could depend on beside the program: which loops torch, its convolutions (oneDNN) and numpy
# choose for the processor, and whose BLAS and LAPACK are installed. Those of Netlib have one code for all processors.
PINNED = {
    "ATEN_CPU_CAPABILITY": "avx2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "NPY_DISABLE_CPU_FEATURES": "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL",
    "LD_LIBRARY_PATH": f"{LIBRARIES / 'blas'}:{LIBRARIES / 'lapack'}",
    "LD_PRELOAD": "",
    "OMP_NUM_THREADS": "1",
    "PYTHONWARNINGS": "ignore:During parsing environment variable",  # numpy's, that it has no AVX512 to leave out
}
if any(os.environ.get(name) != value for name, value in PINNED.items()):
    # The loader and the libraries read these when they start.
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **PINNED})

import torch  # noqa: E402

loaded = pathlib.Path("/proc/self/maps").read_text()
for library in ["blas/libblas.so.3", "lapack/liblapack.so.3"]:
    if f"{LIBRARIES / library}" not in loaded:
        sys.exit(f"{LIBRARIES / library} is not in use; install it: apt install libblas3 liblapack3")
if not {"avx2", "fma"} <= set(pathlib.Path("/proc/cpuinfo").read_text().split()):
    sys.exit("the goldens are those of torch's AVX2 kernels, and this processor has no AVX2")
torch.set_num_threads(1)

FOLDER = pathlib.Path(__file__).parent
NAMES = {
    torch.float32: "float32",
    torch.float64: "float64",
    torch.int32: "int32",
    torch.int64: "int32",
    torch.bool: "bool",
}


def encode(tensor):
    """A tensor as {dtype, shape, data}: little-endian base64. int64 becomes int32, the library's integer type."""
    if tensor is None:
        return None
    tensor = tensor.detach().contiguous()
    if tensor.dtype == torch.int64:
        narrow = tensor.to(torch.int32)
        assert torch.equal(narrow.long(), tensor), "an int64 value does not fit int32"
        tensor = narrow
    data = base64.b64encode(tensor.numpy().tobytes()).decode("ascii")
    return {"dtype": NAMES[tensor.dtype], "shape": list(tensor.shape), "data": data}


def encode_state(state):
    """A state dict as {name: tensor}. num_batches_tracked (int64 in torch) is a float64 scalar in the library."""
    return {
        name: encode(value.double() if name.endswith("num_batches_tracked") else value) for name, value in state.items()
    }


def position():
    """Draws one uniform and one normal from the global generator: two values that tell where it stands."""
    return {"uniform": encode(torch.rand(1)), "normal": encode(torch.randn(1))}


def generator_for(name):
    """A private generator seeded from a name, so that adding a case leaves the other cases as they are."""
    return torch.Generator().manual_seed(zlib.crc32(name.encode()))


def write(name, **document):
    """Writes `name` beside the makers; every list gets one line per entry, so that diffs stay readable."""
    lines = ["{", f'"torch": {json.dumps(torch.__version__)}']
    for key, value in document.items():
        lines[-1] += ","
        if isinstance(value, list):
            rows = ",\n".join(json.dumps(row, separators=(",", ":"), allow_nan=False) for row in value)
            lines.append(f"{json.dumps(key)}: [\n{rows}\n]")
        else:
            lines.append(f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'), allow_nan=False)}")
    text = "\n".join(lines + ["}"]) + "\n"
    (FOLDER / name).write_text(text)
    print(
        f"{name}: {len(text) / 1e3:.0f} kB, "
        + ", ".join(f"{len(v)} {k}" for k, v in document.items() if isinstance(v, list))
    )


# Input specifications: called with a generator, they give a tensor.


def normal(*shape, scale=1.0, shift=0.0, dtype=torch.float32):
    return lambda g: (torch.randn(shape, generator=g, dtype=torch.float64) * scale + shift).to(dtype)


def uniform(low, high, *shape, dtype=torch.float32):
    return lambda g: (torch.rand(shape, generator=g, dtype=torch.float64) * (high - low) + low).to(dtype)


def magnitudes(low, high, *shape):
    """Numbers of either sign whose size is spread evenly over the decades low .. high."""

    def make(g):
        exponent = torch.rand(shape, generator=g, dtype=torch.float64) * (high - low) + low
        sign = torch.randint(0, 2, shape, generator=g) * 2 - 1
        return (sign * 10**exponent).float()

    return make


def ints(low, high, *shape):
    return lambda g: torch.randint(low, high, shape, generator=g).int()


def bools(*shape):
    return lambda g: torch.randint(0, 2, shape, generator=g).bool()


def values(data, dtype=torch.float32):
    return lambda g: torch.tensor(data, dtype=dtype)


def probabilities(*shape):
    """Rows over axis 1 that are positive and sum to one."""
    return lambda g: torch.softmax(torch.randn(shape, generator=g, dtype=torch.float64), 1).float()
