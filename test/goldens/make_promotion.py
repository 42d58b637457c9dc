"""What torch gives for every pair of dtypes: the promoted dtype of tensors with and without dimensions and of plain
numbers (torch.result_type), and dtype and value of each binary op. Writes promotion.json.
"""

import itertools

import torch

from _golden import NAMES, write

DTYPES = [torch.float32, torch.float64, torch.int32, torch.bool]
NUMBERS = [2, 2.5]

# torch.int64 of a whole number is int32 here: the only integer dtype of the library.
OPS = {
    "add": torch.add,
    "sub": torch.sub,
    "mul": torch.mul,
    "div": torch.div,
    "pow": torch.pow,
    "remainder": torch.remainder,
    "maximum": torch.maximum,
    "minimum": torch.minimum,
    "eq": torch.eq,
    "ne": torch.ne,
    "lt": torch.lt,
    "le": torch.le,
    "gt": torch.gt,
    "ge": torch.ge,
    "logicalAnd": torch.logical_and,
    "logicalOr": torch.logical_or,
    "logicalXor": torch.logical_xor,
    "where": lambda a, b: torch.where(torch.tensor([True]), a, b),
    "cat": lambda a, b: torch.cat([a, b]),
    "matmul": torch.matmul,
}


def operand(dtype, dimensions, value=1):
    return torch.full([1] * dimensions, value).to(dtype)


def kind(dtype, dimensions):
    return {"dtype": NAMES[dtype], "dimensions": dimensions}


def result_types():
    for left, m in itertools.product(DTYPES, (0, 1)):
        for right, n in itertools.product(DTYPES, (0, 1)):
            result = torch.result_type(operand(left, m), operand(right, n))
            yield {"left": kind(left, m), "right": kind(right, n), "dtype": NAMES[result]}
        for number in NUMBERS:
            yield {"left": kind(left, m), "right": number, "dtype": NAMES[torch.result_type(operand(left, m), number)]}


def op_results():
    for name, op in OPS.items():
        for left, right in itertools.product(DTYPES, DTYPES):
            # 3 and 2, which as bools are both true.
            row = {"op": name, "left": NAMES[left], "right": NAMES[right]}
            try:
                result = op(operand(left, 1, 3), operand(right, 1, 2))
                yield {**row, "dtype": NAMES[result.dtype], "values": result.flatten().double().tolist()}
            except RuntimeError:
                yield {**row, "dtype": None}


write("promotion.json", types=list(result_types()), ops=list(op_results()))
