"""Goldens of ensembles in one network: `python3 test/goldens/make_ensemble.py` writes ensemble.json.

The layers are those of https://github.com/yandex-research/tabm, written again in torch from their formulas.

layers:   as in layers.json.
initial:  {name, layer, args, seed, state, after}: starting values under manual_seed(seed), bit for bit.
means:    {name, task, input, output, gradOutput, gradInput, exact}: the one output of k members, by the task.
networks: {name, size, options, state, x, codes, output, combined, gradients, exact}: TabM-mini as `TabularNet` has it:
          the members' outputs in training, their combination in eval mode, and the gradients of the sum of the squared
          outputs.
"""

import copy

import torch
from _golden import encode, encode_state, generator_for, normal, position, values, write
from _layer import case, layers
from torch import nn
from torch.nn import functional as F

initial, means, networks = [], [], []


class EnsembleView(nn.Module):
    def __init__(self, k):
        super().__init__()
        self.k = k

    def forward(self, x):
        return x if x.ndim == 3 else x.unsqueeze(1).expand(-1, self.k, -1)


class ElementwiseAffine(nn.Module):
    def __init__(self, shape, bias=True, scaling_init="ones", scaling_init_chunks=None):
        super().__init__()
        draw = {
            "ones": lambda size: torch.ones(size),
            "normal": lambda size: torch.empty(size).normal_(),
            "randomSigns": lambda size: torch.empty(size).bernoulli_(0.5).mul_(2).add_(-1),
        }[scaling_init]
        chunks = scaling_init_chunks
        parts = [draw(shape)] if chunks is None else [draw([*shape[:-1], 1]).expand(*shape[:-1], n) for n in chunks]
        self.weight = nn.Parameter(torch.cat(parts, -1).contiguous())
        self.bias = nn.Parameter(torch.zeros(shape)) if bias else None

    def forward(self, x):
        return x * self.weight if self.bias is None else x * self.weight + self.bias


class LinearEnsemble(nn.Module):
    def __init__(self, in_features, out_features, k, bias=True):
        super().__init__()
        bound = in_features**-0.5
        self.weight = nn.Parameter(torch.empty(k, in_features, out_features).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(k, out_features).uniform_(-bound, bound)) if bias else None

    def forward(self, x):
        y = torch.bmm(x.transpose(0, 1), self.weight).transpose(0, 1)
        return y if self.bias is None else y + self.bias


for shape in [(5, 3), (4, 2, 3), (1, 1)]:
    case("EnsembleView", EnsembleView(2), [("train", normal(*shape)), ("eval", normal(*shape))], str(list(shape)), k=2)
for shape, over in [((2, 3), (4, 2, 3)), ((3,), (5, 3)), ((2, 1), (1, 2, 1)), ((2, 3), (2, 3))]:
    for bias in [True, False]:
        args = {"shape": list(shape), "bias": bias}
        passes = [("train", normal(*over)), ("eval", normal(*over))]
        case("ElementwiseAffine", ElementwiseAffine(**args), passes, f"of {list(over)}", **args)
for n_in, n_out, k, rows in [(4, 3, 2, 5), (7, 1, 3, 6), (1, 1, 1, 1), (3, 13, 2, 5), (17, 5, 2, 1), (12, 1, 4, 9)]:
    for bias in [True, False]:
        args = {"in_features": n_in, "out_features": n_out, "k": k, "bias": bias}
        passes = [("train", normal(rows, k, n_in)), ("eval", normal(rows, k, n_in))]
        case("LinearEnsemble", LinearEnsemble(**args), passes, f"of {rows}", **args)

for layer, args in [
    (ElementwiseAffine, {"shape": [4, 5]}),
    (ElementwiseAffine, {"shape": [4, 5], "scaling_init": "randomSigns"}),
    (ElementwiseAffine, {"shape": [8, 7], "bias": False, "scaling_init": "randomSigns", "scaling_init_chunks": [1, 4, 2]}),
    (ElementwiseAffine, {"shape": [3, 6], "scaling_init": "normal", "scaling_init_chunks": [3, 3]}),
    (LinearEnsemble, {"in_features": 5, "out_features": 2, "k": 3}),
    (LinearEnsemble, {"in_features": 9, "out_features": 1, "k": 8, "bias": False}),
]:
    for seed in [0, 7, 2**32 - 1]:
        torch.manual_seed(seed)
        state = encode_state(layer(**args).state_dict())
        entry = {"name": f"{layer.__name__} {args} seed {seed}", "layer": layer.__name__, "args": args, "seed": seed}
        initial.append({**entry, "state": state, "after": position()})


def combine(output, task):
    if task == "regression":
        return output.mean(1)
    if task == "binary":
        return torch.logsumexp(F.logsigmoid(output), 1) - torch.logsumexp(F.logsigmoid(-output), 1)
    return torch.logsumexp(F.log_softmax(output, -1), 1) - torch.log(torch.tensor(output.shape[1], dtype=output.dtype))


FAR = [[[-90.0, 0.0, 90.0], [-89.0, 1.0, 80.0]], [[0.0, 0.0, 0.0], [1e4, -1e4, 1.0]]]
for task in ["regression", "binary", "multiclass"]:
    one = task != "multiclass"
    for note, spec in [
        ("of 4 rows", normal(4, 3, 1 if one else 5, scale=2)),
        ("one member", normal(3, 1, 1 if one else 2, scale=2)),
        ("far apart", values([[[v] for v in row] for member in FAR for row in member] if one else FAR)),
    ]:
        g = generator_for(f"mean {task} {note}")
        x = spec(g)
        kept = []
        grad_output = torch.randn(x.shape[0], x.shape[2], generator=g)
        for dtype in [torch.float32, torch.float64]:
            wide = x.detach().to(dtype).clone().requires_grad_()
            y = combine(wide, task)
            y.backward(grad_output.to(dtype))
            kept.append({"output": encode(y), "gradInput": encode(wide.grad)})
        entry = {"name": f"{task} {note}", "task": task, "input": encode(x), "gradOutput": encode(grad_output)}
        means.append({**entry, **kept[0], "exact": kept[1]})


class TabM(nn.Module):
    """The members of a row lie beside each other: what is shared is applied to [rows * k, width]."""

    def __init__(self, features, embeddings, outputs, hidden, k, norm):
        super().__init__()
        widths = [min(8, n) for n in embeddings]
        self.embeddings = nn.ModuleList(nn.Embedding(n, w) for n, w in zip(embeddings, widths))
        width = features + sum(widths)
        parts = [EnsembleView(k), ElementwiseAffine([k, width], bias=False, scaling_init="randomSigns")]
        if hidden:
            parts.append(nn.Flatten(0, 1))
        for size in hidden:
            parts.append(nn.Linear(width, size, bias=not norm))
            if norm:
                parts.append(nn.BatchNorm1d(size))
            parts.append(nn.ReLU())
            width = size
        if hidden:
            parts.append(nn.Unflatten(0, (-1, k)))
        self.layers = nn.Sequential(*parts, LinearEnsemble(width, outputs, k))

    def forward(self, x, codes):
        return self.layers(torch.cat([x, *(e(codes[:, i].long()) for i, e in enumerate(self.embeddings))], 1))


for task, outputs, hidden, k, norm in [
    ("regression", 1, [7, 5], 4, False),
    ("binary", 1, [6], 2, False),
    ("multiclass", 3, [7, 5], 8, True),
    ("multiclass", 4, [], 3, False),
]:
    name = f"{task}, {k} members, hidden {hidden}{', batch norm' if norm else ''}"
    g = generator_for(name)
    torch.manual_seed(5)
    net = TabM(3, [4, 20], outputs, hidden, k, norm)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=g) * 0.5)
    x = torch.randn(9, 3, generator=g)
    codes = torch.stack([torch.randint(0, n, (9,), generator=g) for n in [4, 20]], 1)
    state = encode_state(net.state_dict())
    kept = []
    for module, rows in [(net, x), (copy.deepcopy(net).double(), x.double())]:
        output = module.train()(rows, codes)
        (output**2).sum().backward()
        gradients = {key: encode(parameter.grad) for key, parameter in module.named_parameters()}
        combined = combine(module.eval()(rows, codes), task)
        kept.append({"output": encode(output), "combined": encode(combined), "gradients": gradients})
    size = {"features": 3, "embeddings": [4, 20], "outputs": outputs, "task": task}
    options = {"hidden": hidden, "members": k, "norm": "batch" if norm else "none", "embedding": "small"}
    entry = {"name": name, "size": size, "options": options, "state": state, "x": encode(x), "codes": encode(codes)}
    networks.append({**entry, **kept[0], "exact": kept[1]})

write("ensemble.json", layers=layers, initial=initial, means=means, networks=networks)
