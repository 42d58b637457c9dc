# Early stopping by hand: watch the loss on validation rows, keep the best weights, stop when it gets no better.
import copy

import torch
import torch.nn.functional as F
from tables import fingerprint, read_rows
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

cars = [car for car in read_rows("cars.json") if None not in (car["Miles_per_Gallon"], car["Horsepower"])]
columns = ["Cylinders", "Displacement", "Horsepower", "Weight_in_lbs", "Acceleration"]
figures = torch.tensor([[car[column] for column in columns] for car in cars], dtype=torch.float32)
year = torch.tensor([[float(car["Year"][2:4])] for car in cars])
x = torch.cat([figures, year], 1)
y = torch.tensor([[car["Miles_per_Gallon"]] for car in cars], dtype=torch.float32)

torch.manual_seed(2)
dataset = TensorDataset((x - x.mean(0)) / x.std(0), (y - y.mean()) / y.std())
train_part, valid_part, test_part = random_split(dataset, [0.4, 0.3, 0.3])
print(f"{len(train_part)} rows to train on, {len(valid_part)} to stop by, {len(test_part)} to test")
train_loader = DataLoader(train_part, batch_size=16, shuffle=True)
valid_loader = DataLoader(valid_part, batch_size=64)
test_loader = DataLoader(test_part, batch_size=64)


class EarlyStopping:
    def __init__(self, patience=5, min_delta=0.0):
        self.patience = patience
        self.min_delta = min_delta
        self.best_loss = float("inf")
        self.best_epoch = 0
        self.best_state = None
        self.counter = 0
        self.early_stop = False

    def __call__(self, loss, model, epoch):
        if loss < self.best_loss - self.min_delta:
            self.best_loss = loss
            self.best_epoch = epoch
            self.best_state = copy.deepcopy(model.state_dict())
            self.counter = 0
        else:
            self.counter += 1
            self.early_stop = self.counter >= self.patience


model = nn.Sequential(nn.Linear(6, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, 1))
print("weights", fingerprint(model.parameters()))
optimizer = torch.optim.Adam(model.parameters(), lr=0.004)
early_stopping = EarlyStopping(patience=8, min_delta=1e-4)


def evaluate(loader):
    model.eval()
    total, rows = 0.0, 0
    with torch.no_grad():
        for inputs, targets in loader:
            total += F.mse_loss(model(inputs), targets, reduction="sum").item()
            rows += len(inputs)
    return total / rows


for epoch in range(1, 101):
    model.train()
    for inputs, targets in train_loader:
        loss = F.mse_loss(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    valid_loss = evaluate(valid_loader)
    early_stopping(valid_loss, model, epoch)
    if epoch % 5 == 0 or early_stopping.early_stop:
        print(f"epoch {epoch}: training loss {evaluate(train_loader):#.7g}, validation loss {valid_loss:#.7g}")
    if early_stopping.early_stop:
        break

print(f"stopped after epoch {epoch}: test loss {evaluate(test_loader):#.7g}")
model.load_state_dict(early_stopping.best_state)
print(f"best weights, of epoch {early_stopping.best_epoch}: test loss {evaluate(test_loader):#.7g}")
