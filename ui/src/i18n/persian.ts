import { fa } from "./fa";
import { sentences } from "./sentences-fa.gen";
import type { Words } from "./words";

export const PERSIAN: Words = { catalogue: fa, sentences };
