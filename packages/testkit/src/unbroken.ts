import type { Broke } from "@interpres/runtime";

/** For listeners that no test breaks. */
export const unbroken: Broke = (error) => {
  throw error;
};
