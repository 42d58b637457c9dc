"""Goldens of loaders, samplers and splits: `python3 test/goldens/make_data.py` writes data.json.

loaders: {name, seed, rows, options, epochs, batches, after, afterOwn}. `batches` is [epoch][batch][row]. `options`
         are DataLoader's, where `generator` is the seed of an explicit one and `sampler` is {kind, ...}; `take` stops
         each epoch after that many batches.
splits:  {name, seed, rows, lengths, generator, parts, after}.
samplers: {name, seed, rows, sampler, epochs, orders, after, afterOwn}.
`after` is the position of the global generator, `afterOwn` the next uniform of the explicit one.
"""

import itertools

import torch
from _golden import encode, position, write
from torch.utils.data import (
    DataLoader,
    RandomSampler,
    SequentialSampler,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
    random_split,
)

loaders, splits, samplers = [], [], []


def sampler_for(dataset, kind, own=None, **options):
    if kind == "random":
        return RandomSampler(dataset, generator=own, **options)
    if kind == "sequential":
        return SequentialSampler(dataset)
    if kind == "subset":
        return SubsetRandomSampler(options["indices"], generator=own)
    if kind == "weighted":
        return WeightedRandomSampler(generator=own, **options)
    return options["indices"]  # any iterable of indices with a length


def describe(options):
    return ", ".join(f"{k}={v}" for k, v in options.items())


def loader(rows, seed=0, epochs=2, take=None, **options):
    dataset = TensorDataset(torch.arange(rows))
    torch.manual_seed(seed)
    own = torch.Generator().manual_seed(options["generator"]) if "generator" in options else None
    made = {k: v for k, v in options.items() if k not in ("generator", "sampler")}
    if "sampler" in options:
        made["sampler"] = sampler_for(dataset, own=own, **options["sampler"])
    loader = DataLoader(dataset, generator=own, **made)
    batches = [[batch.tolist() for (batch,) in itertools.islice(loader, take)] for _ in range(epochs)]
    name = f"{rows} rows, seed {seed}, {describe(options)}" + (f", first {take}" if take is not None else "")
    loaders.append(
        {
            "name": name,
            "seed": seed,
            "rows": rows,
            "options": options,
            "epochs": epochs,
            "take": take,
            "length": len(loader),
            "batches": batches,
            "after": position(),
            "afterOwn": encode(torch.rand(1, generator=own)) if own else None,
        }
    )


for seed in [0, 1, 42, 2**31 + 5]:
    loader(11, seed, epochs=3, batch_size=4, shuffle=True)
    loader(64, seed, batch_size=32, shuffle=True)
for rows in [1, 2, 5, 33]:
    loader(rows, shuffle=True, batch_size=2)
    loader(rows, shuffle=False, batch_size=2)
loader(10)
loader(10, shuffle=True)
loader(10, shuffle=True, batch_size=10)
loader(10, shuffle=True, batch_size=99)
loader(11, shuffle=True, batch_size=4, drop_last=True)
loader(11, shuffle=False, batch_size=4, drop_last=True)
loader(3, shuffle=True, batch_size=4, drop_last=True)
loader(314, epochs=5, shuffle=True, batch_size=32)
for generator in [0, 7, 2**33 + 1]:
    loader(11, 3, epochs=3, shuffle=True, batch_size=4, generator=generator)
    loader(11, 3, shuffle=False, batch_size=4, generator=generator)
loader(40, 3, shuffle=True, batch_size=4, generator=7, take=1)
loader(40, 3, shuffle=True, batch_size=4, take=1)
loader(40, 3, shuffle=True, batch_size=4, take=0)
loader(40, 3, shuffle=False, batch_size=4, take=3)
loader(11, batch_size=3, sampler={"kind": "sequential"})
loader(11, batch_size=3, sampler={"kind": "random"})
loader(11, batch_size=3, sampler={"kind": "random"}, generator=5)
loader(11, batch_size=3, sampler={"kind": "random", "replacement": True, "num_samples": 40})
loader(11, batch_size=3, sampler={"kind": "random", "num_samples": 25})
loader(11, batch_size=3, sampler={"kind": "subset", "indices": [1, 3, 5, 7, 9]})
loader(11, batch_size=3, sampler={"kind": "list", "indices": [4, 4, 0, 10]}, drop_last=True)


def sampler(rows, seed=0, epochs=2, generator=None, **options):
    torch.manual_seed(seed)
    own = None if generator is None else torch.Generator().manual_seed(generator)
    made = sampler_for(TensorDataset(torch.arange(rows)), own=own, **options)
    orders = [[int(i) for i in made] for _ in range(epochs)]
    name = f"{rows} rows, seed {seed}, generator {generator}, {describe(options)}"
    samplers.append(
        {
            "name": name,
            "seed": seed,
            "rows": rows,
            "generator": generator,
            "sampler": options,
            "epochs": epochs,
            "length": len(made),
            "orders": orders,
            "after": position(),
            "afterOwn": encode(torch.rand(1, generator=own)) if own else None,
        }
    )


for generator in [None, 9]:
    sampler(7, kind="sequential")
    sampler(7, kind="random", generator=generator)
    sampler(100, seed=5, kind="random", generator=generator)
    sampler(7, kind="random", replacement=True, generator=generator)
    sampler(7, kind="random", replacement=True, num_samples=64, generator=generator)
    sampler(7, kind="random", replacement=True, num_samples=70, generator=generator)
    sampler(7, kind="random", num_samples=3, generator=generator)
    sampler(7, kind="random", num_samples=17, generator=generator)
    sampler(7, kind="subset", indices=[6, 0, 3], generator=generator)


WEIGHTS = [0.1, 2.0, 0.0, 1.0, 0.5, 3.0, 0.7]
for seed in range(5):
    sampler(7, seed, kind="weighted", weights=WEIGHTS, num_samples=20)
    sampler(7, seed, kind="weighted", weights=WEIGHTS, num_samples=5, replacement=False)
sampler(7, kind="weighted", weights=WEIGHTS, num_samples=6, replacement=False, generator=9)
sampler(7, kind="weighted", weights=WEIGHTS, num_samples=33, generator=9)


def split(rows, lengths, seed=0, generator=None):
    torch.manual_seed(seed)
    own = None if generator is None else torch.Generator().manual_seed(generator)
    options = {"generator": own} if own else {}
    parts = [list(part.indices) for part in random_split(range(rows), lengths, **options)]
    name = f"{rows} rows into {lengths}, seed {seed}, generator {generator}"
    splits.append(
        {
            "name": name,
            "seed": seed,
            "rows": rows,
            "lengths": lengths,
            "generator": generator,
            "parts": parts,
            "after": position(),
            "afterOwn": encode(torch.rand(1, generator=own)) if own else None,
        }
    )


for seed in [0, 1, 42]:
    split(10, [7, 3], seed)
    split(392, [314, 78], seed)
    split(10, [0.8, 0.2], seed)
for lengths in [[0.5, 0.25, 0.25], [0.1, 0.2, 0.7], [1.0], [1 / 3, 1 / 3, 1 / 3], [0.99, 0.01]]:
    split(11, lengths)
split(11, [11])
split(11, [0, 11])
split(10, [7, 3], generator=4)
split(10, [0.75, 0.25], generator=4)

write("data.json", loaders=loaders, samplers=samplers, splits=splits)
