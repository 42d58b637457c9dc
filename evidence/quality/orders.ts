import { Generator, rand, randn } from "evenkeel";
import { type Table, tableFromColumns } from "evenkeel/tabular";

/**
 * Orders of a shop that does not exist: a date with a season and weekends, 40 products and 8
 * regions with effects of their own, amounts, a discount that is often missing, and noise of a
 * standard deviation of 3. The price is their sum with products of some of them.
 */
export function orders(rows: number): Table {
  const generator = new Generator(20_26);
  const uniform = rand([rows, 8], { generator }).tolist() as number[][];
  const normal = randn([rows, 2], { generator }).tolist() as number[][];
  const products = randn([40], { generator }).tolist() as number[];
  const regions = randn([8], { generator }).tolist() as number[];
  const day = 86_400_000;
  const columns: Record<string, unknown[]> = {
    ...{
      order_id: [],
      date: [],
      product: [],
      region: [],
      quantity: [],
      weight: [],
      discount: [],
      member: [],
      price: [],
    },
  };
  for (let i = 0; i < rows; i++) {
    const [when, product, region, quantity, weight, discount, member, missing] = uniform[i];
    const date = new Date(Date.UTC(2022, 0, 1) + Math.floor(when * 1095) * day);
    const p = Math.floor(40 * product * product); // some products are rare
    const r = Math.floor(8 * region);
    const q = 1 + Math.floor(12 * quantity ** 2);
    const w = Math.exp(normal[i][1] * 0.6);
    const d = missing < 0.3 ? null : Math.round(discount * 30) / 100;
    const season = 3 * Math.cos((2 * Math.PI * (date.getTime() - Date.UTC(2022, 6, 1))) / (365.25 * day));
    const weekend = date.getUTCDay() % 6 === 0 ? 2 : 0;
    const price =
      30 + 4 * products[p] + 2 * regions[r] + 1.5 * Math.log(q) * (1 + 0.5 * products[p]) + 2 * Math.sqrt(w) + season;
    columns.order_id.push(`A${10_000 + i}`);
    columns.date.push(date.toISOString().slice(0, 10));
    columns.product.push(`product ${p + 1}`);
    columns.region.push(weight < 0.05 ? null : `region ${r + 1}`);
    columns.quantity.push(q);
    columns.weight.push(Math.round(w * 100) / 100);
    columns.discount.push(d);
    columns.member.push(member < 0.4 ? "yes" : "no");
    columns.price.push(
      Math.round((price + weekend - 20 * (d ?? 0) + (member < 0.4 ? -1 : 0) + 3 * normal[i][0]) * 100) / 100,
    );
  }
  return tableFromColumns(columns);
}
