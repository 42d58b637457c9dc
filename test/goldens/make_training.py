"""Goldens of whole training runs: `python3 test/goldens/make_training.py` writes training.json.

table: one synthetic table, 200 rows to train on and 40 to score: raw features, standardised features, target.
runs:  {name, arm, network, features, optimizer, options, seed, weights, orders, losses, exact, final, exactFinal,
       drift, nudged, margin}: 5 epochs, shuffled loader, batch 32. `weights` is the SHA-256 of the initial
       parameters, `orders` the rows of every step, `losses` one value per step, `exact` the same run in float64,
       `final` the loss in eval mode over the 40 rows. `drift` is the largest relative difference between the two loss
       columns; `nudged` the same between float64 runs whose initial weights differ by one float32 rounding; `margin`
       the smallest |pre-activation| that a ReLU met in the float64 run.
exchanged: seeds not used because their losses are not determined to 1e-5 by weights of float32 precision, each with
           its proof: "kink": `flip` is a pre-activation next to 0 that has another sign in the second run, just
           before the losses part; "amplified": no kink, but the float64 run itself parts from its copy nudged by one
           float32 rounding.
"""

import hashlib

import torch
import torch.nn.functional as F
from _golden import encode, generator_for, write
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

TRAIN, TEST, EPOCHS, SEEDS, LIMIT = 200, 40, 5, 8, 1e-5


def make_table():
    """A table in the manner of cars: six numbers of very different scale, a one-hot origin, a mileage to predict."""
    g = generator_for("table")
    rows = TRAIN + TEST
    noise = lambda: torch.randn(rows, generator=g, dtype=torch.float64)
    cylinders = torch.tensor([4.0, 6.0, 8.0], dtype=torch.float64)[torch.randint(0, 3, (rows,), generator=g)]
    displacement = (cylinders * 42 - 60 + noise() * 25).round()
    power = (displacement * 0.35 + 38 + noise() * 12).round()
    weight = (displacement * 7.5 + 1480 + noise() * 180).round()
    acceleration = ((24 - power * 0.08 + noise() * 1.5) * 10).round() / 10
    year = torch.randint(70, 83, (rows,), generator=g).double()
    origin = F.one_hot(torch.randint(0, 3, (rows,), generator=g), 3).double()
    numbers = torch.stack([cylinders, displacement, power, weight, acceleration, year], 1)
    mileage = 46 - weight * 0.0065 + (year - 76) * 0.7 + origin[:, 2] * 1.5 + noise() * 2
    scaled = (numbers - numbers[:TRAIN].mean(0)) / numbers[:TRAIN].std(0)
    raw, z = torch.cat([numbers, origin], 1).float(), torch.cat([scaled, origin], 1).float()
    return {"raw": raw, "z": z, "y": mileage.float()[:, None]}


class Net(nn.Module):
    """The tutorial's network; `watch` collects what goes into its ReLUs."""

    def __init__(self, normalize, bias=True, dropout=0.0):
        super().__init__()
        self.layer1 = nn.Linear(9, 50, bias=bias)
        self.layer2 = nn.Linear(50, 25, bias=bias)
        self.layer3 = nn.Linear(25, 1)
        if normalize:
            self.batch_norm1 = nn.BatchNorm1d(50)
            self.batch_norm2 = nn.BatchNorm1d(25)
        self.normalize, self.dropout, self.watch = normalize, dropout, []

    def activate(self, x, norm):
        x = norm(x) if norm else x
        self.watch.append(x.detach())
        x = F.relu(x)
        return F.dropout(x, self.dropout, self.training) if self.dropout else x

    def forward(self, x):
        x = self.activate(self.layer1(x), self.batch_norm1 if self.normalize else None)
        x = self.activate(self.layer2(x), self.batch_norm2 if self.normalize else None)
        return self.layer3(x)


ARMS = {
    "BatchNorm, Adam": ({"normalize": True}, "raw", "Adam", {"lr": 1e-3}),
    "BatchNorm without bias, Adam": ({"normalize": True, "bias": False}, "raw", "Adam", {"lr": 1e-3}),
    "BatchNorm, Adam 1e-2": ({"normalize": True}, "z", "Adam", {"lr": 1e-2}),
    "plain, Adam": ({"normalize": False}, "z", "Adam", {"lr": 1e-3}),
    "plain, Adam 1e-2": ({"normalize": False}, "z", "Adam", {"lr": 1e-2}),
    "dropout, Adam": ({"normalize": False, "dropout": 0.2}, "z", "Adam", {"lr": 1e-3}),
    "dropout, Adam 1e-2": ({"normalize": False, "dropout": 0.2}, "z", "Adam", {"lr": 1e-2}),
    "BatchNorm, SGD": ({"normalize": True}, "z", "SGD", {"lr": 1e-3, "momentum": 0.9}),
    "plain, SGD": (
        {"normalize": False},
        "z",
        "SGD",
        {"lr": 1e-4, "momentum": 0.9, "nesterov": True, "weight_decay": 1e-3},
    ),
    "BatchNorm and dropout, AdamW": ({"normalize": True, "dropout": 0.2}, "z", "AdamW", {"lr": 1e-3}),
}


def train(table, arm, seed, dtype, nudge=None):
    network, features, optimizer, options = ARMS[arm]
    x, y = table[features].to(dtype), table["y"].to(dtype)
    torch.manual_seed(seed)
    net = Net(**network)
    weights = hashlib.sha256(b"".join(p.detach().numpy().tobytes() for p in net.parameters())).hexdigest()
    net = net.to(dtype)
    if nudge is not None:  # every initial weight one float32 rounding up or down
        g = generator_for(f"nudge {nudge}")
        with torch.no_grad():
            for p in net.parameters():
                p.mul_(1 + 2.0**-24 * (torch.randint(0, 2, p.shape, generator=g) * 2 - 1))
    stepper = getattr(optim, optimizer)(net.parameters(), **options)
    loader = DataLoader(TensorDataset(x[:TRAIN], y[:TRAIN], torch.arange(TRAIN)), batch_size=32, shuffle=True)
    losses, orders, watched = [], [], []
    for _ in range(EPOCHS):
        for inputs, targets, rows in loader:
            stepper.zero_grad()
            loss = F.mse_loss(net(inputs), targets)
            loss.backward()
            stepper.step()
            losses.append(loss.detach())
            orders.append(rows)
            watched.append(net.watch)
            net.watch = []
    net.eval()
    with torch.no_grad():
        final = F.mse_loss(net(x[TRAIN:]), y[TRAIN:])
    return {
        "weights": weights,
        "losses": torch.stack(losses),
        "orders": torch.cat(orders),
        "watched": watched,
        "final": final,
    }


def largest(one, other):
    """The largest relative difference between the losses of two runs, and the first step where it passes the limit."""
    difference = ((one["losses"] - other["losses"]) / other["losses"]).abs()
    parted = (difference > LIMIT).nonzero()
    return difference.max().item(), int(parted[0]) if len(parted) else None


def kink(one, other):
    """The first pre-activation that has another sign in the other run, though the two differ by less than 1e-5."""
    for step, (left, right) in enumerate(zip(one["watched"], other["watched"])):
        for layer, (a, b) in enumerate(zip(left, right)):
            flipped = ((a > 0) != (b > 0)) & ((a - b).abs() < 1e-5)
            if flipped.any():
                return {"step": step, "layer": layer + 1, "values": [a[flipped][0].item(), b[flipped][0].item()]}
    return None


table = make_table()
runs, exchanged = [], []
for arm, (network, features, optimizer, options) in ARMS.items():
    seed = kept = 0
    while kept < SEEDS:
        double = train(table, arm, seed, torch.float64)
        single = train(table, arm, seed, torch.float32)
        assert torch.equal(single["orders"], double["orders"]) and single["weights"] == double["weights"]
        others = [single, *(train(table, arm, seed, torch.float64, nudge) for nudge in range(3))]
        drifts = [largest(other, double) for other in others]
        name, worst = f"{arm}, seed {seed}", max(range(4), key=lambda k: drifts[k][0])
        nudged = max(drift for drift, _ in drifts[1:])
        if drifts[worst][0] > LIMIT:
            parted, flip = drifts[worst][1], kink(others[worst], double)
            flip = flip if flip and flip["step"] <= parted else None
            assert flip or nudged > LIMIT, f"{name} parts from its float64 run for no honest reason"
            reason = "kink" if flip else "amplified"
            exchanged.append(
                {
                    "arm": arm,
                    "seed": seed,
                    "reason": reason,
                    "drift": drifts[0][0],
                    "nudged": nudged,
                    "partedAt": parted,
                    "flip": flip,
                }
            )
        else:
            runs.append(
                {
                    "name": name,
                    "arm": arm,
                    "network": network,
                    "features": features,
                    "optimizer": optimizer,
                    "options": options,
                    "seed": seed,
                    "weights": single["weights"],
                    "orders": encode(single["orders"].to(torch.int32)),
                    "losses": encode(single["losses"]),
                    "exact": encode(double["losses"]),
                    "final": single["final"].item(),
                    "exactFinal": double["final"].item(),
                    "drift": drifts[0][0],
                    "nudged": nudged,
                    "margin": min(v.abs().min().item() for layers in double["watched"] for v in layers),
                }
            )
            kept += 1
        seed += 1

write("training.json", table={k: encode(v) for k, v in table.items()}, runs=runs, exchanged=exchanged)
