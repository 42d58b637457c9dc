import { type SplitOptions, withoutGroup } from "../../tabular/index.ts";
import type { StudyData } from "../plan/plan.ts";

/** The data as a trial has them: the column that rows are split by is no feature. */
export function studied(data: StudyData, settings: Pick<SplitOptions, "group">): StudyData {
  const schema = withoutGroup(data.schema, settings);
  return schema === data.schema ? data : { ...data, schema };
}
