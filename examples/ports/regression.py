# Regression: the miles per gallon of a car from five of its figures, by a linear model and by a small network.
import torch
from tables import fingerprint, read_rows
from torch import nn

cars = [car for car in read_rows("cars.json") if None not in (car["Miles_per_Gallon"], car["Horsepower"])]
columns = ["Cylinders", "Displacement", "Horsepower", "Weight_in_lbs", "Acceleration"]
x = torch.tensor([[car[column] for column in columns] for car in cars], dtype=torch.float32)
y = torch.tensor([car["Miles_per_Gallon"] for car in cars], dtype=torch.float32).unsqueeze(1)

torch.manual_seed(6)
train_rows, test_rows = torch.randperm(len(x)).split([314, 78])
print("first test rows:", *test_rows[:8].tolist())

mean, std = x[train_rows].mean(0), x[train_rows].std(0)
x = (x - mean) / std
train_x, train_y = x[train_rows], y[train_rows]
test_x, test_y = x[test_rows], y[test_rows]

loss_fn = nn.MSELoss()


def train(model, optimizer, epochs):
    for epoch in range(1, epochs + 1):
        total = 0.0
        for rows in torch.randperm(len(train_x)).split(32):
            optimizer.zero_grad()
            loss = loss_fn(model(train_x[rows]), train_y[rows])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        if epoch % 5 == 0:
            print(f"epoch {epoch}: training loss {total / len(train_x):#.7g}")


def test(model):
    with torch.no_grad():
        error = (model(test_x) - test_y).abs().mean().item()
    print(f"mean absolute error on the test rows: {error:#.7g} mpg")


linear = nn.Linear(5, 1)
print("\nlinear regression, weights", fingerprint(linear.parameters()))
train(linear, torch.optim.SGD(linear.parameters(), lr=0.01), epochs=20)
print("weights:", *[f"{column} {weight:#.7g}" for column, weight in zip(columns, linear.weight[0].tolist())])
test(linear)

network = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1))
print("\nnetwork, weights", fingerprint(network.parameters()))
train(network, torch.optim.Adam(network.parameters(), lr=0.003), epochs=40)
test(network)
