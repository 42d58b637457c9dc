# An autoencoder: six figures of a car through two numbers and back. What comes back wrong is an unusual car.
import torch
from tables import fingerprint, read_rows
from torch import nn
from torch.utils.data import DataLoader

cars = [car for car in read_rows("cars.json") if None not in (car["Miles_per_Gallon"], car["Horsepower"])]
columns = ["Miles_per_Gallon", "Cylinders", "Displacement", "Horsepower", "Weight_in_lbs", "Acceleration"]
x = torch.tensor([[car[column] for column in columns] for car in cars], dtype=torch.float32)
x = (x - x.mean(0)) / x.std(0)


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(6, 16), nn.ELU(), nn.Linear(16, 2))
        self.decoder = nn.Sequential(nn.Linear(2, 16), nn.ELU(), nn.Linear(16, 6))

    def forward(self, x):
        code = self.encoder(x)
        return self.decoder(code), code


torch.manual_seed(6)
model = Autoencoder()
print("weights", fingerprint(model.parameters()))
criterion = nn.MSELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01, weight_decay=1e-5)
loader = DataLoader(x, batch_size=49, shuffle=True)

for epoch in range(1, 41):
    total = 0.0
    for batch in loader:
        decoded, _ = model(batch)
        loss = criterion(decoded, batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(batch)
    if epoch % 5 == 0:
        print(f"epoch {epoch}: loss {total / len(x):#.7g}")

model.eval()
with torch.no_grad():
    decoded, codes = model(x)
    errors = (decoded - x).square().mean(1)
print(f"by the means of the columns alone the loss is {x.var(0, unbiased=False).mean().item():#.7g}")
print("error by column:", *[f"{c} {e:#.7g}" for c, e in zip(columns, (decoded - x).square().mean(0).tolist())])
for car, code in list(zip(cars, codes.tolist()))[:3]:
    print(f"{car['Name']}: code {code[0]:.3f} {code[1]:.3f}")
values, indices = errors.topk(5)
for value, index in zip(values.tolist(), indices.tolist()):
    print(f"unusual: {cars[index]['Name']}, error {value:#.7g}")
