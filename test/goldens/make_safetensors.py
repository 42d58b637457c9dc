"""Goldens of the safetensors format: `python3 test/goldens/make_safetensors.py` writes safetensors.json.

files: {name, bytes, tensors, metadata, canonical}. `bytes` is a whole file in base64, written here after the published
       format (https://huggingface.co/docs/safetensors/index#format), values by torch. `tensors` is what the library is to
       make of it: F16 and BF16 as torch's float32, integers as int32, num_batches_tracked as float64. `canonical` says
       that the file has the order of the reference implementation (widest dtype first, then by name) and only
       dtypes that the library writes: saving `tensors` must give the same bytes.
state: {bytes, x, output}: the state dict of a torch network after three training batches, as a canonical file, and what
       the network makes of `x` in eval mode.
"""

import base64
import json
import struct

import torch
from _golden import encode, encode_state, generator_for, normal, write
from torch import nn

NAMES = {
    torch.int64: "I64",
    torch.float64: "F64",
    torch.float32: "F32",
    torch.int32: "I32",
    torch.bfloat16: "BF16",
    torch.float16: "F16",
    torch.int16: "I16",
    torch.uint8: "U8",
    torch.int8: "I8",
    torch.bool: "BOOL",
}
WIDEST_FIRST = list(NAMES)


def raw(tensor):
    """Row-major little-endian bytes; numpy has no bfloat16."""
    tensor = tensor.contiguous()
    return (tensor.view(torch.int16) if tensor.dtype == torch.bfloat16 else tensor).numpy().tobytes()


def file(tensors, metadata=None, sort=True, pad=True):
    names = sorted(tensors, key=lambda name: (WIDEST_FIRST.index(tensors[name].dtype), name.encode())) if sort else tensors
    header, data = {}, b""
    if metadata:
        header["__metadata__"] = metadata
    for name in names:
        tensor = tensors[name]
        start = len(data)
        data += raw(tensor)
        header[name] = {"dtype": NAMES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [start, len(data)]}
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    if pad:
        text += b" " * (-len(text) % 8)
    return base64.b64encode(struct.pack("<Q", len(text)) + text + data).decode()


def case(name, tensors, metadata=None, canonical=True, **options):
    wide = {key: value.float() if value.dtype in (torch.float16, torch.bfloat16) else value for key, value in tensors.items()}
    wide = {key: value.int() if value.dtype in (torch.int16, torch.uint8, torch.int8) else value for key, value in wide.items()}
    return {
        "name": name,
        "bytes": file(tensors, metadata, **options),
        "tensors": encode_state(wide),
        "metadata": metadata or {},
        "canonical": canonical,
    }


g = generator_for("safetensors")
special = torch.tensor([0.0, -0.0, float("inf"), float("-inf"), 1e-40, 3.4e38])
halves = torch.tensor([0.0, -0.0, 1.0, -2.5, 65504.0, 6e-8, 6.1e-5, 1e-5, float("inf"), float("-inf"), 0.1])
files = [
    case("no tensors", {}),
    case("metadata alone", {}, {"format": "pt"}),
    case(
        "every dtype that is written, in another order",
        {
            "z": torch.tensor([True, False, True]),
            "b": normal(2, 3)(g),
            "a": normal(3, 1, 2)(g),
            "d": normal(2, dtype=torch.float64)(g),
            "i": torch.tensor([[1, -2], [2**31 - 1, -(2**31)]], dtype=torch.int32),
            "scalar": torch.tensor(0.25),
            "empty": torch.zeros(2, 0, 3),
            "1.num_batches_tracked": torch.tensor(3_000_000_000),
            "special": special,
        },
        {"a": 'quotes " and \\ and\nlines', "format": "pt", "ü": "日本 🎈"},
    ),
    case(
        "names in the order of their UTF-8 bytes",
        {name: torch.tensor([float(i)]) for i, name in enumerate(["10", "9", "a.b", "a", "ü", "\uffee", "🎈", "B"])},
    ),
    case(
        "half precision",
        {"half": halves.half(), "brain": halves.bfloat16(), "odd": normal(3)(g).half(), "byte": torch.tensor([True])},
        canonical=False,
    ),
    case(
        "integers",
        {
            "long": torch.tensor([[-5, 2**31 - 1]]),
            "short": torch.tensor([-(2**15), 2**15 - 1], dtype=torch.int16),
            "byte": torch.tensor([0, 255], dtype=torch.uint8),
            "signed": torch.tensor([-128, 127], dtype=torch.int8),
        },
        canonical=False,
    ),
    case(
        "tensors that are not aligned, in the order of their names, no padding",
        {"a": torch.tensor([True]), "b": normal(2)(g), "c": normal(3, dtype=torch.float64)(g)},
        canonical=False,
        sort=False,
        pad=False,
    ),
]

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2))
for _ in range(3):
    net(normal(8, 3)(g))
net.eval()
x = normal(5, 3)(g)
state = [{"bytes": file(net.state_dict()), "x": encode(x), "output": encode(net(x))}]

write("safetensors.json", files=files, state=state)
