# Modules of one's own: parameters, a buffer, a residual block, blocks in a ModuleList and heads in a ModuleDict.
# The network predicts two things of a car at once: how far it goes with a gallon, and how long it takes to 60 mph.
import math

import torch
import torch.nn.functional as F
from tables import fingerprint, read_rows
from torch import nn

cars = [car for car in read_rows("cars.json") if None not in (car["Miles_per_Gallon"], car["Horsepower"])]
columns = ["Cylinders", "Displacement", "Horsepower", "Weight_in_lbs"]
targets = ["Miles_per_Gallon", "Acceleration"]
x = torch.tensor([[car[column] for column in columns] for car in cars], dtype=torch.float32)
y = {target: torch.tensor([[car[target]] for car in cars], dtype=torch.float32) for target in targets}


class Standardize(nn.Module):
    """What is known of the training rows belongs to the model's state, but is not trained."""

    def __init__(self, rows):
        super().__init__()
        self.register_buffer("mean", rows.mean(0))
        self.register_buffer("std", rows.std(0))

    def forward(self, x):
        return (x - self.mean) / self.std


class MyLinear(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = nn.Parameter(torch.zeros(out_features))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))

    def forward(self, x):
        return x @ self.weight.T + self.bias

    def extra_repr(self):
        return f"in={self.in_features}, out={self.out_features}"


class Residual(nn.Module):
    """x plus a correction, whose weight is learned and starts small."""

    def __init__(self, width, activation):
        super().__init__()
        self.inner = MyLinear(width, width)
        self.activation = activation
        self.scale = nn.Parameter(torch.full((1,), 0.1))

    def forward(self, x):
        return x + self.scale * self.activation(self.inner(x))


class CarNet(nn.Module):
    def __init__(self, rows, width=24, depth=3):
        super().__init__()
        self.standardize = Standardize(rows)
        self.first = MyLinear(rows.shape[1], width)
        self.blocks = nn.ModuleList([Residual(width, nn.Tanh()) for _ in range(depth)])
        self.heads = nn.ModuleDict({"Miles_per_Gallon": nn.Linear(width, 1), "Acceleration": nn.Linear(width, 1)})

    def forward(self, x):
        x = F.gelu(self.first(self.standardize(x)))
        for block in self.blocks:
            x = block(x)
        return {name: head(x) for name, head in self.heads.items()}


torch.manual_seed(3)
train_rows, test_rows = torch.randperm(len(x)).split([312, 80])
net = CarNet(x[train_rows])
print(net)
for name, parameter in net.named_parameters():
    print(f"{name}: {' x '.join(str(size) for size in parameter.shape)}")
print("buffers:", ", ".join(name for name, _ in net.named_buffers()))
print("weights to train:", sum(p.numel() for p in net.parameters() if p.requires_grad))
print("weights", fingerprint(net.parameters()))

optimizer = torch.optim.AdamW(net.parameters(), lr=0.004)
for epoch in range(1, 31):
    total = 0.0
    for rows in train_rows[torch.randperm(len(train_rows))].split(24):
        optimizer.zero_grad()
        predicted = net(x[rows])
        losses = [F.smooth_l1_loss(predicted[target], y[target][rows]) for target in targets]
        loss = losses[0] + losses[1]
        loss.backward()
        optimizer.step()
        total += loss.item() * len(rows)
    if epoch % 5 == 0:
        print(f"epoch {epoch}: training loss {total / len(train_rows):#.7g}")

net.eval()
with torch.no_grad():
    predicted = net(x[test_rows])
    for target in targets:
        error = F.l1_loss(predicted[target], y[target][test_rows])
        print(f"{target}: mean absolute error on the test rows {error.item():#.7g}")
print("weights of the blocks:", *[f"{block.scale.item():#.7g}" for block in net.blocks])
