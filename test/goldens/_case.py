"""The recorder of make_ops.py: runs one call in torch, forward and backward, and keeps it as a case."""

import json

import torch
from _golden import encode, generator_for

cases, counts = [], {}
f64 = torch.float64
INF, NAN = float("inf"), float("nan")


def floating(value):
    return isinstance(value, torch.Tensor) and value.is_floating_point()


def evaluate(fn, inputs, requires, args, grad_outputs, wide):
    """Outputs and gradients of one call; `wide` computes in float64 from the same float32 values."""
    widen = lambda v: v.double() if wide and floating(v) else v
    leaves = [
        widen(v).clone().requires_grad_(r) if isinstance(v, torch.Tensor) else v for v, r in zip(inputs, requires)
    ]
    outputs = fn(*leaves, **args)
    outputs = list(outputs) if isinstance(outputs, (tuple, list)) else [outputs]
    pairs = [(o, widen(g)) for o, g in zip(outputs, grad_outputs(outputs)) if g is not None and o.requires_grad]
    if pairs and any(requires):
        wanted = [v for v, r in zip(leaves, requires) if r]
        found = iter(torch.autograd.grad([o for o, _ in pairs], wanted, [g for _, g in pairs], allow_unused=True))
        grads = [next(found) if r else None for r in requires]
    else:
        grads = [None] * len(leaves)
    return outputs, grads


def rounded(wide, narrow):
    """The float64 value, or None where torch's float32 value is the same number."""
    if not floating(wide) or torch.equal(wide.nan_to_num(), narrow.double().nan_to_num()):
        return None
    return encode(wide)


def case(call, fn, inputs, note="", grad=True, **args):
    """Adds one case. `grad` is True (every float tensor), False, or a list of flags per input."""
    key = f"{call} {note} {json.dumps(args)}"
    counts[key] = counts.get(key, 0) + 1
    generator = generator_for(f"{key} {counts[key]}")
    made = [v if isinstance(v, (int, float)) else v(generator) for v in inputs]
    requires = [floating(v) and bool(g) for v, g in zip(made, grad if isinstance(grad, list) else [grad] * len(made))]
    drawn = []

    def grad_outputs(outputs):
        if not drawn:
            draw = lambda o: torch.randn(o.shape, generator=generator, dtype=f64).to(o.dtype)
            drawn.extend(draw(o) if floating(o) and o.requires_grad else None for o in outputs)
        return drawn

    outputs, grads = evaluate(fn, made, requires, args, grad_outputs, wide=False)
    single = any(isinstance(v, torch.Tensor) and v.dtype == torch.float32 for v in made)
    single = single and any(o.dtype == torch.float32 for o in outputs)
    exact = None
    if single:
        wide_outputs, wide_grads = evaluate(fn, made, requires, args, grad_outputs, wide=True)
        exact = {"outputs": list(map(rounded, wide_outputs, outputs)), "grads": list(map(rounded, wide_grads, grads))}
    short = {torch.float32: "", torch.float64: "f64", torch.int32: "i32", torch.bool: "b"}
    describe = lambda v: str(v) if isinstance(v, (int, float)) else short[v.dtype] + str(list(v.shape)).replace(" ", "")
    words = [
        call,
        " ".join(describe(v) for v in made),
        *(f"{k}={json.dumps(v)}".replace('"', "") for k, v in args.items()),
        note,
    ]
    cases.append(
        {
            "name": " ".join(w for w in words if w),
            "call": call,
            "args": args,
            "inputs": [v if isinstance(v, (int, float)) else encode(v) for v in made],
            "requiresGrad": requires,
            "outputs": [encode(v) for v in outputs],
            "gradOutputs": [encode(v) for v in drawn],
            "grads": [encode(v) for v in grads],
            "exact": exact,
        }
    )
