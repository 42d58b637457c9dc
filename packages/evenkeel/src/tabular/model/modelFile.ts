import { because, type NdArray, refuse, sizeOf } from "../../core/index.ts";
import { decodeFile } from "../../io/file.ts";
import { decodeValues } from "../../io/fileDtypes.ts";
import { FittedPreprocessing } from "../encoding/fittedPreprocessing.ts";
import type { Schema } from "../schema/schema.ts";
import { schemaFromJSON } from "../schema/schemaJson.ts";
import { FrozenNetwork } from "./frozenNetwork.ts";
import { checkAgreement, descriptionIn } from "./kinds/modelDescription.ts";
import type { ModelRecord } from "./kinds/modelRecord.ts";
import { countParameters, sizeFor } from "./layers.ts";
import { type ResolvedNetwork, resolveNetwork } from "./networkOptions.ts";

/**
 * What a model's file says beside its tensors: written in `metadata.evenkeel`, and checked when it
 * is read.
 */

/** What a file holds. */
export interface ModelParts {
  readonly schema: Schema;
  readonly preprocessing: FittedPreprocessing;
  readonly network: FrozenNetwork;
  readonly record: ModelRecord;
}

const tableFormat = {
  name: "evenkeel-table-model",
  version: 1,
  caller: "TableModel.load",
  parts: ["schema", "preprocessing", "network", "record"],
  writers: "TableModel.save or `evenkeel train`",
} as const;

/** The metadata of a model's file. */
export function describeModel({ schema, preprocessing, network, record }: ModelParts): Record<string, string> {
  const { name: format, version } = tableFormat;
  const description = { format, version, schema, preprocessing, network: network.options, record };
  return { format: "pt", evenkeel: JSON.stringify(description) };
}

/** @throws RangeError or TypeError saying what is wrong with the file */
export function readModel(bytes: Uint8Array, compile: boolean): ModelParts {
  const { tensors, metadata } = decodeFile(bytes);
  const description = descriptionIn(metadata, tableFormat);
  const schema = schemaFromJSON(description.schema);
  const preprocessing = FittedPreprocessing.fromJSON(description.preprocessing);
  checkAgreement(tableFormat.caller, schema, preprocessing);
  const options = resolveNetwork(description.network as ResolvedNetwork);
  const size = sizeFor(preprocessing);
  const needed = countParameters(size, options);
  const held = tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (needed > held) {
    throw refuse(
      "damaged-file",
      tableFormat.caller,
      `the network that the file describes has ${needed} parameters, but its tensors hold ${held} values`,
    );
  }
  const state = Object.fromEntries(
    tensors.map(({ name, dtype, shape, bytes: values }): [string, NdArray] => {
      return [name, { shape, ...decodeValues(name, dtype, shape, values) }];
    }),
  );
  return { schema, preprocessing, network: frozen(size, options, state, compile), record: description.record };
}

/** @throws RangeError listing the tensors that are missing, unexpected or of another shape */
function frozen(...of: ConstructorParameters<typeof FrozenNetwork>): FrozenNetwork {
  try {
    return new FrozenNetwork(...of);
  } catch (error) {
    const problems = (error as Error).message;
    throw because(
      refuse(
        "damaged-file",
        tableFormat.caller,
        `the tensors are not those of the network that the file describes: ${problems}`,
      ),
      error,
    );
  }
}
