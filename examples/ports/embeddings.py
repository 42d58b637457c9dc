# Embeddings: brand and origin of a car as vectors that are learned, beside its figures.
import torch
import torch.nn.functional as F
from tables import fingerprint, read_rows
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

cars = [car for car in read_rows("cars.json") if None not in (car["Miles_per_Gallon"], car["Horsepower"])]
spellings = {"chevy": "chevrolet", "chevroelt": "chevrolet", "maxda": "mazda", "mercedes": "mercedes-benz"}
others = {"toyouta": "toyota", "vokswagen": "volkswagen", "vw": "volkswagen"}
spelled = {**spellings, **others}
brand_of = [spelled.get(car["Name"].split(" ")[0], car["Name"].split(" ")[0]) for car in cars]
brands, origins = sorted(set(brand_of)), sorted({car["Origin"] for car in cars})
columns = ["Displacement", "Horsepower", "Weight_in_lbs", "Acceleration"]

numbers = torch.tensor([[car[column] for column in columns] for car in cars], dtype=torch.float32)
numbers = (numbers - numbers.mean(0)) / numbers.std(0)
categories = torch.tensor(
    [[brands.index(brand), origins.index(car["Origin"])] for brand, car in zip(brand_of, cars)]
)
y = torch.tensor([[car["Miles_per_Gallon"]] for car in cars], dtype=torch.float32)
print(f"{len(cars)} cars, {len(brands)} brands, {len(origins)} origins")


class TabularModel(nn.Module):
    def __init__(self, embedding_sizes, n_numbers):
        super().__init__()
        self.embeddings = nn.ModuleList([nn.Embedding(categories, size) for categories, size in embedding_sizes])
        n_embedded = sum(embedding.embedding_dim for embedding in self.embeddings)
        self.lin1 = nn.Linear(n_embedded + n_numbers, 32)
        self.norm = nn.LayerNorm(32)
        self.lin2 = nn.Linear(32, 1)
        self.drop = nn.Dropout(0.1)

    def forward(self, categories, numbers):
        x = torch.cat([embedding(categories[:, i]) for i, embedding in enumerate(self.embeddings)], 1)
        x = torch.cat([self.drop(x), numbers], 1)
        return self.lin2(F.relu(self.norm(self.lin1(x))))


torch.manual_seed(27)
train_part, test_part = random_split(TensorDataset(categories, numbers, y), [0.8, 0.2])
model = TabularModel([(len(brands), 4), (len(origins), 2)], len(columns))
print(model)
print("weights", fingerprint(model.parameters()))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.95)

loader = DataLoader(train_part, batch_size=32, shuffle=True)
for epoch in range(1, 31):
    model.train()
    total = 0.0
    for categories_, numbers_, targets in loader:
        optimizer.zero_grad()
        loss = F.mse_loss(model(categories_, numbers_), targets)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(targets)
    scheduler.step()
    if epoch % 5 == 0:
        print(f"epoch {epoch}: training loss {total / len(train_part):#.7g}")

model.eval()
with torch.no_grad():
    categories_, numbers_, targets = test_part[:]
    error = (model(categories_, numbers_) - targets).abs().mean()
    print(f"mean absolute error on the test rows: {error.item():#.7g} mpg")

    # The brands that are nearest in what was learned.
    vectors = model.embeddings[0].weight
    for brand in ["chevrolet", "toyota", "volkswagen"]:
        distances = (vectors - vectors[brands.index(brand)]).pow(2).sum(1).sqrt()
        nearest = distances.argsort()[1:4]
        print(f"{brand}: {', '.join(f'{brands[i]} {distances[i].item():#.7g}' for i in nearest)}")
