"""PyTorch's W6: load the table named as the first argument, train, print the test error.

Batches are rows of one tensor, picked by index: a torch DataLoader would take longer than the training.
"""
import json
import sys

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer1 = nn.Linear(9, 50)
        self.layer2 = nn.Linear(50, 25)
        self.layer3 = nn.Linear(25, 1)
        self.batch_norm1 = nn.BatchNorm1d(50)
        self.batch_norm2 = nn.BatchNorm1d(25)

    def forward(self, x):
        x = torch.relu(self.batch_norm1(self.layer1(x)))
        x = torch.relu(self.batch_norm2(self.layer2(x)))
        return self.layer3(x)


def to_rows(cars):
    measured = ["Cylinders", "Displacement", "Horsepower", "Weight_in_lbs", "Acceleration"]
    x = [
        [car[name] for name in measured]
        + [int(car["Year"][2:4])]
        + [float(car["Origin"] == origin) for origin in ("USA", "Europe", "Japan")]
        for car in cars
    ]
    return torch.tensor(x, dtype=torch.float32), torch.tensor([[car["Miles_per_Gallon"]] for car in cars])


with open(sys.argv[1]) as file:
    cars = [car for car in json.load(file) if None not in (car["Miles_per_Gallon"], car["Horsepower"])]
x, y = to_rows([car for i, car in enumerate(cars) if i % 5 != 0])
test_x, test_y = to_rows(cars[::5])
mean, deviation = x[:, :6].mean(0), x[:, :6].std(0, unbiased=False)
for rows in (x, test_x):
    rows[:, :6] = (rows[:, :6] - mean) / deviation

net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=0.003, foreach=True)
steps = 0
for epoch in range(100):
    for index in torch.randperm(len(x)).split(32):
        optimizer.zero_grad(set_to_none=True)
        loss = nn.functional.mse_loss(net(x[index]), y[index])
        loss.backward()
        optimizer.step()
        steps += 1
net.eval()
with torch.no_grad():
    mae = (net(test_x) - test_y).abs().mean().item()
print(f"test MAE {mae:.3f} mpg after {steps} steps")
