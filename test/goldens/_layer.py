"""The recorder of layers: runs a module in torch over several calls, forward and backward, and keeps it as a case."""

import copy

import torch
from _golden import encode, encode_state, generator_for

layers = []


def forward_backward(module, x, grad_output):
    x = x.clone().requires_grad_(x.is_floating_point())
    module.zero_grad(set_to_none=True)
    output = module(x)
    grad_output = grad_output(output) if callable(grad_output) else grad_output
    grads = {}
    if output.requires_grad:
        output.backward(grad_output.to(output.dtype))
        grads = {name: p.grad for name, p in module.named_parameters()}
    return output, grad_output, x.grad, grads


def case(layer, module, passes, note="", randomize=True, **args):
    """`passes` is a list of (mode, input specification). `randomize` replaces the starting values by random ones."""
    name = " ".join([layer, *(f"{k}={v}" for k, v in args.items()), *([note] if note else [])])
    generator = generator_for(f"layer {name}")
    with torch.no_grad():
        for p in module.parameters():
            if randomize:
                p.copy_(torch.randn(p.shape, generator=generator) * 0.5)
    wide = copy.deepcopy(module).double()
    entry = {"name": name, "layer": layer, "args": args, "state": encode_state(module.state_dict()), "passes": []}
    for mode, spec in passes:
        x = spec(generator)
        module.train(mode == "train"), wide.train(mode == "train")
        output, grad_output, grad_input, grads = forward_backward(
            module, x, lambda o: torch.randn(o.shape, generator=generator)
        )
        exact = forward_backward(wide, x.double() if x.is_floating_point() else x, grad_output.double())
        entry["passes"].append(
            {
                "train": mode == "train",
                "input": encode(x),
                "output": encode(output),
                "gradOutput": encode(grad_output),
                "gradInput": encode(grad_input),
                "gradParams": {k: encode(v) for k, v in grads.items()},
                "exact": {
                    "output": encode(exact[0]),
                    "gradInput": encode(exact[2]),
                    "gradParams": {k: encode(v) for k, v in exact[3].items()},
                },
            }
        )
    entry["stateAfter"] = encode_state(module.state_dict())
    entry["exactAfter"] = encode_state(wide.state_dict())
    layers.append(entry)
