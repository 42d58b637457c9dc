# Saving and loading: weights for later predictions, a checkpoint to go on from, and weights for another network.
import tempfile
from pathlib import Path

import torch
import torch.nn.functional as F
from tables import fingerprint, read_rows
from torch import nn

columns = ["Beak Length (mm)", "Beak Depth (mm)", "Flipper Length (mm)"]
penguins = [row for row in read_rows("penguins.json") if row["Body Mass (g)"] is not None]
x = torch.tensor([[row[column] for column in columns] for row in penguins], dtype=torch.float32)
y = torch.tensor([[row["Body Mass (g)"] / 1000] for row in penguins], dtype=torch.float32)  # in kg


class Net(nn.Module):
    def __init__(self, outputs):
        super().__init__()
        self.norm = nn.BatchNorm1d(3)
        self.hidden = nn.Linear(3, 24)
        self.dropout = nn.Dropout(0.1)
        self.head = nn.Linear(24, outputs)

    def forward(self, x):
        return self.head(self.dropout(torch.tanh(self.hidden(self.norm(x)))))


def train_epoch(net, optimizer):
    net.train()
    total = 0.0
    for rows in torch.randperm(len(x)).split(38):
        optimizer.zero_grad()
        loss = F.mse_loss(net(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
        total += loss.item() * len(rows)
    return total / len(x)


def predict(net):
    net.eval()
    with torch.no_grad():
        return net(x[:3]).flatten()


torch.manual_seed(5)
net = Net(1)
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
print("state dict:", ", ".join(net.state_dict()))
print("weights", fingerprint(net.parameters()))
for epoch in range(1, 6):
    loss = train_epoch(net, optimizer)
    print(f"epoch {epoch}: loss {loss:#.7g}")

with tempfile.TemporaryDirectory() as name:
    folder = Path(name)

    # 1. The weights alone, to predict with.
    torch.save(net.state_dict(), folder / "weights.pt")
    loaded = Net(1)
    loaded.load_state_dict(torch.load(folder / "weights.pt"))
    print("predicted, in kg:", *[f"{value:#.7g}" for value in predict(net).tolist()])
    print("the same after loading:", "yes" if torch.equal(predict(loaded), predict(net)) else "no")

    # 2. A checkpoint: everything that the next epoch depends on.
    checkpoint = {
        "epoch": epoch,
        "model": net.state_dict(),
        "optimizer": optimizer.state_dict(),
        "random": torch.get_rng_state(),
    }
    torch.save(checkpoint, folder / "checkpoint.pt")

    going_on = [train_epoch(net, optimizer) for _ in range(3)]

    resumed = Net(1)
    resumed_optimizer = torch.optim.Adam(resumed.parameters())
    checkpoint = torch.load(folder / "checkpoint.pt")
    resumed.load_state_dict(checkpoint["model"])
    resumed_optimizer.load_state_dict(checkpoint["optimizer"])
    torch.set_rng_state(checkpoint["random"])
    print(f"going on after epoch {checkpoint['epoch']}")
    after_resuming = [train_epoch(resumed, resumed_optimizer) for _ in range(3)]
    print("losses:", *[f"{loss:#.7g}" for loss in after_resuming])
    print("the same as without stopping:", "yes" if after_resuming == going_on else "no")

    # 3. Into a network with another head: what fits is taken over, the head starts anew.
    weights = torch.load(folder / "weights.pt")
    try:
        Net(2).load_state_dict(weights)
    except RuntimeError as error:
        print("refused:", str(error).splitlines()[1].split(":")[0].strip())
    weights = {name: value for name, value in weights.items() if not name.startswith("head.")}
    other = Net(2)
    result = other.load_state_dict(weights, strict=False)
    print("missing:", ", ".join(result.missing_keys))
    print("the new head", fingerprint(other.head.parameters()))
