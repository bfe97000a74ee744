import { isDeepStrictEqual } from "node:util";
import type { ServiceParameters } from "@interpres/admin-api";
import type { ParameterizedService } from "../federation/parameterized-service.ts";
import { principal } from "../http/authenticate.ts";
import { invalidInput } from "../http/problem-error.ts";
import { WEB_CLIENT } from "../node/restart-areas.ts";
import {
  MAX_ORIGINS,
  ORIGINS_DESCRIPTION,
  originProblems,
  pageOrigin,
  type WebClientSection,
} from "./web-client-section.ts";

const NAME = "allowedOrigins";

/** The parameters of `web-client`. A list is shown and set as one text, its items separated by spaces. */
export const webClientParameters: ParameterizedService = {
  shown: ({ webClient }) => shown(webClient),
  change: async ({ context, request, values }) => {
    const text = textOf(values);
    const { document } = await context.settings.change(principal(request).name, (before) => {
      const webClient = text === undefined ? before.webClient : { [NAME]: [...originsIn(text)] };
      return {
        document: isDeepStrictEqual(before.webClient, webClient) ? before : { ...before, webClient },
        audit: { action: "update", resource: WEB_CLIENT.path, before: before.webClient, after: webClient },
      };
    });
    return shown(document.webClient);
  },
};

function shown(section: WebClientSection): ServiceParameters {
  const restart = [...WEB_CLIENT.restart];
  const value = section[NAME].join(" ");
  return { [NAME]: { value, default: "", scope: "cluster", restart, description: ORIGINS_DESCRIPTION } };
}

/** The new list; undefined where it is not named and so stays. */
function textOf(values: unknown): string | undefined {
  if (typeof values !== "object" || values === null || Array.isArray(values))
    throw invalidInput([{ path: "", message: "must be an object of parameters" }]);
  const unknown = Object.keys(values).filter((key) => key !== NAME);
  if (unknown.length > 0) throw invalidInput(unknown.map((path) => ({ path, message: "unknown key" })));
  const text: unknown = NAME in values ? values[NAME] : undefined;
  if (text === undefined || typeof text === "string") return text;
  throw invalidInput([{ path: NAME, message: "must be a text" }]);
}

/** Each origin once, as a browser writes it. A text has no places: its problems are all of the one parameter. */
function originsIn(text: string): readonly string[] {
  const given = text.split(/\s+/).filter((each) => each !== "");
  const problems = originProblems({ [NAME]: given }).map(({ message }) => ({ path: NAME, message }));
  if (given.length > MAX_ORIGINS)
    problems.push({ path: NAME, message: `must not be more than ${MAX_ORIGINS} origins` });
  if (problems.length > 0) throw invalidInput(problems);
  return [...new Set(given.map((each) => pageOrigin(each) ?? each))];
}
