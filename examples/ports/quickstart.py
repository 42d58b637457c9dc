# PyTorch's quickstart, on a table: the weather of a day in Seattle from four measurements.
# https://pytorch.org/tutorials/beginner/basics/quickstart_tutorial.html
import tempfile
from pathlib import Path

import torch
from tables import fingerprint, read_csv
from torch import nn
from torch.utils.data import DataLoader, Dataset

classes = ["drizzle", "fog", "rain", "snow", "sun"]


class SeattleWeather(Dataset):
    """The days of 2012 to 2014 to train on, those of 2015 to test."""

    def __init__(self, train, transform=None):
        days = [day for day in read_csv("seattle-weather.csv") if (day["date"] < "2015") == train]
        names = ["precipitation", "temp_max", "temp_min", "wind"]
        self.measured = torch.tensor([[float(day[name]) for name in names] for day in days])
        self.labels = torch.tensor([classes.index(day["weather"]) for day in days])
        self.transform = transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        x = self.measured[index]
        return self.transform(x) if self.transform else x, self.labels[index]


raw = SeattleWeather(train=True).measured
mean, std = raw.mean(0), raw.std(0)


def normalize(x):
    return (x - mean) / std


training_data = SeattleWeather(train=True, transform=normalize)
test_data = SeattleWeather(train=False, transform=normalize)

torch.manual_seed(34)
batch_size = 64
train_dataloader = DataLoader(training_data, batch_size=batch_size, shuffle=True)
test_dataloader = DataLoader(test_data, batch_size=batch_size)

for X, y in test_dataloader:
    print(f"Shape of X [N, C]: [{X.shape[0]}, {X.shape[1]}]")
    print(f"Shape of y: [{y.shape[0]}]")
    break


class NeuralNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.flatten = nn.Flatten()
        self.linear_relu_stack = nn.Sequential(
            nn.Linear(4, 64),
            nn.ReLU(),
            nn.Linear(64, 64),
            nn.ReLU(),
            nn.Linear(64, 5),
        )

    def forward(self, x):
        x = self.flatten(x)
        logits = self.linear_relu_stack(x)
        return logits


model = NeuralNetwork()
print(model)
print("weights", fingerprint(model.state_dict().values()))

loss_fn = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=1e-1)


def train(dataloader, model, loss_fn, optimizer):
    size = len(dataloader.dataset)
    model.train()
    for batch, (X, y) in enumerate(dataloader):
        pred = model(X)
        loss = loss_fn(pred, y)

        loss.backward()
        optimizer.step()
        optimizer.zero_grad()

        if batch % 8 == 0:
            print(f"loss: {loss.item():#.7g}  [{batch * batch_size + len(X)}/{size}]")


def test(dataloader, model, loss_fn):
    size = len(dataloader.dataset)
    num_batches = len(dataloader)
    model.eval()
    test_loss, correct = 0, 0
    with torch.no_grad():
        for X, y in dataloader:
            pred = model(X)
            test_loss += loss_fn(pred, y).item()
            correct += (pred.argmax(1) == y).type(torch.float).sum().item()
    test_loss /= num_batches
    correct /= size
    print(f"Test Error:\n Accuracy: {100 * correct:.1f}%, Avg loss: {test_loss:#.7g}\n")


epochs = 5
for t in range(epochs):
    print(f"Epoch {t + 1}\n-------------------------------")
    train(train_dataloader, model, loss_fn, optimizer)
    test(test_dataloader, model, loss_fn)
print("Done!")

with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "model.pth"
    torch.save(model.state_dict(), path)
    print("Saved the model's state")

    loaded = NeuralNetwork()
    loaded.load_state_dict(torch.load(path))
    same = fingerprint(loaded.state_dict().values()) == fingerprint(model.state_dict().values())
    print("loaded the same weights:", "yes" if same else "no")

loaded.eval()
x, y = test_data[0]
with torch.no_grad():
    pred = loaded(x.unsqueeze(0))
    predicted, actual = classes[pred[0].argmax(0)], classes[y]
    print(f'Predicted: "{predicted}", Actual: "{actual}"')
