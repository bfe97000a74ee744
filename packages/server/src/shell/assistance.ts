import { serviceNames } from "@interpres/admin-api";
import { commandTable } from "./command-table.ts";
import { complete, growth, hints } from "./completion.ts";
import type { Assistance } from "./editing-terminal.ts";

/** What a person at a terminal is helped with in this shell. */
export const assistance: Assistance = {
  complete: (text) => {
    const completion = complete(text, commandTable, serviceNames);
    return { growth: growth(completion), candidates: completion.candidates };
  },
  hints: (text) => hints(text, commandTable),
};
