/** Results that were used have turned out to be wrong: the study runs again without them. */
export class Retraction extends Error {
  override readonly name = "Retraction";
}
