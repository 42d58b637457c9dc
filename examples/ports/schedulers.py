# Learning rate schedules: the same network and the same batches under five of them.
import torch
import torch.nn.functional as F
from tables import fingerprint, read_rows
from torch import nn, optim

cars = [car for car in read_rows("cars.json") if None not in (car["Miles_per_Gallon"], car["Horsepower"])]
columns = ["Cylinders", "Displacement", "Horsepower", "Weight_in_lbs", "Acceleration"]
x = torch.tensor([[car[column] for column in columns] for car in cars], dtype=torch.float32)
y = torch.tensor([[car["Miles_per_Gallon"]] for car in cars], dtype=torch.float32)

torch.manual_seed(0)
train_rows, valid_rows = torch.randperm(len(x)).split([320, 72])
x = (x - x[train_rows].mean(0)) / x[train_rows].std(0)
y = (y - y[train_rows].mean(0)) / y[train_rows].std(0)
epochs, batch_size = 24, 32
steps_per_epoch = len(train_rows) // batch_size

schedules = {
    "no schedule": lambda optimizer: None,
    "StepLR": lambda optimizer: optim.lr_scheduler.StepLR(optimizer, step_size=8, gamma=0.3),
    "CosineAnnealingLR": lambda optimizer: optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs, eta_min=1e-4),
    "OneCycleLR": lambda optimizer: optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=0.1, epochs=epochs, steps_per_epoch=steps_per_epoch
    ),
    "ReduceLROnPlateau": lambda optimizer: optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=1),
}

for name, make_scheduler in schedules.items():
    torch.manual_seed(7)
    net = nn.Sequential(nn.Linear(5, 20), nn.Tanh(), nn.Linear(20, 20), nn.Tanh(), nn.Linear(20, 1))
    optimizer = optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    scheduler = make_scheduler(optimizer)
    print(f"\n{name}, weights {fingerprint(net.parameters())}")
    for epoch in range(1, epochs + 1):
        rate = optimizer.param_groups[0]["lr"]
        net.train()
        for rows in train_rows[torch.randperm(len(train_rows))].split(batch_size):
            optimizer.zero_grad()
            loss = F.mse_loss(net(x[rows]), y[rows])
            loss.backward()
            optimizer.step()
            if name == "OneCycleLR":
                scheduler.step()  # after every batch
        net.eval()
        with torch.no_grad():
            valid_loss = F.mse_loss(net(x[valid_rows]), y[valid_rows]).item()
        if name == "ReduceLROnPlateau":
            scheduler.step(valid_loss)  # looks at the loss
        elif name in ("StepLR", "CosineAnnealingLR"):
            scheduler.step()  # after every epoch
        if epoch % 4 == 0:
            print(f"epoch {epoch}: rate {rate:#.7g}, validation loss {valid_loss:#.7g}")
