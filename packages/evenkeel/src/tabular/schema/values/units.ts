/** Signs and words that stand beside a number. */

/** ISO 4217, of the currencies that tables hold, and what people write in their place. */
const currencies = new Set(
  (
    "AED ARS AUD BDT BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY KES KRW KWD MAD " +
    "MXN MYR NGN NOK NZD PEN PHP PKR PLN QAR RMB RON RSD RUB SAR SEK SGD THB TRY TWD UAH USD VND ZAR " +
    "kr kr. zł Kč Ft lei Rs Rs. Fr Fr. SFr. BTC ETH"
  ).split(" "),
);

// Single letters are too often codes: a column must show that they are units.
const units = new Set(
  (
    "% ‰ %pt pp bp bps kg mg µg μg lb lbs oz st km dm cm mm µm μm nm mi ft in yd ha ac dl cl ml mL gal " +
    "ns µs μs ms sec secs min mins hr hrs hour hours day days wk week weeks month months yr yrs year years " +
    "pt pts px em rem ° °C °F °K kW MW GW Wh kWh MWh mV kV mA Ah mAh Ω Hz kHz MHz GHz bit kB KB MB GB TB " +
    "KiB MiB GiB Pa hPa kPa MPa bar mbar psi mmHg kJ MJ cal kcal kN Nm hp HP bhp PS cc ccm km/h kmh kph mph m/s " +
    "kn mpg g/km mg/dl mg/dL mmol/l mmol/L g/l g/L m² m³ cm² cm³ km² qm sqm sqft ppm ppb dB dBm bpm rpm"
  ).split(" "),
);

/** Whether a sign or a word before a number can be its unit: a currency. */
export function isCurrency(word: string): boolean {
  return currencies.has(word) || /^(?:[A-Z]{1,3})?\p{Sc}$/u.test(word);
}

/** Whether a word is a unit by itself, without more of the column that says so. */
export function isUnit(word: string): boolean {
  return units.has(word) || units.has(word.toLowerCase()) || isCurrency(word);
}
